import ChatTemplates
import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct FiltersTests {
  private static let textFilters: [RenderCase] = [
    RenderCase("{{ '  a b ' | trim }}|{{ 'xxaxx' | trim('x') }}", "a b|a"),
    RenderCase(
      "{{ 'hELLO wORLD' | capitalize }} {{ \"o'neil-smith (abc)\" | title"
        + " }} {{ 'a' | upper }} {{ 'ÀÉ' | lower }}",
      "Hello world O'neil-Smith (Abc) A àé"),
    RenderCase(
      "{{ 'aXbXc' | replace('X', '-') }} {{ 'aaa' | replace('a', 'b',"
        + " 2) }} {{ 'ab' | replace('', '.') }}",
      "a-b-c bba .a.b."),
    RenderCase("{{ '%s is %d' | format('x', 3) }} {{ '%(a)s' | format(a=1) }}", "x is 3 1"),
    RenderCase("{{ 'a b, c_d e-f' | wordcount }}", "5"),
    RenderCase(
      "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}|{{"
        + " 'a\\n\\nb' | indent(2, blank=true) }}|{{ '' | indent(2, true)"
        + " }}",
      "a\n    b\n\n    c|  a\n  b|a\n  \n  b|  "),
    RenderCase(
      "{{ 'hello big world' | truncate(9) }}|{{ 'hello big world' | truncate(9,"
        + " true) }}|{{ 'hello big world' | truncate(9, false, '!', 0) }}|{{"
        + " 'short' | truncate(3) }}",
      "hello...|hello ...|hello!|short"),
    RenderCase("{{ 'ab' | center(7) }}|{{ 'abc' | center(6) }}|", "   ab  | abc  |"),
    RenderCase(
      "{{ '<a href=\"x\">b & c</a>' | escape }} {{ 'a  <b>c</b>\\n d' | striptags }}",
      "&lt;a href=&#34;x&#34;&gt;b &amp; c&lt;/a&gt; a c d"),
    RenderCase(
      "{{ 'a b/ü?' | urlencode }} {{ {'a': 'x y', 'b': 1} | urlencode }}",
      "a%20b/%C3%BC%3F a=x+y&b=1"),
    RenderCase(
      "{{ ('<' | safe) | e }}{{ ('<' | safe) | forceescape }}{{ '<' | e | e }}",
      "<&lt;&lt;"),
    RenderCase("{{ 1 | string ~ none | string }}{{ [1] | string | length }}", "1None3"),
  ]

  @Test(arguments: textFilters)
  func filtersOnText(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let conversions: [RenderCase] = [
    RenderCase(
      "{{ {'a': [1, 2.0, none, true, 'é\\n\"']} | tojson }}",
      "{\"a\": [1, 2.0, null, true, \"é\\n\\\"\"]}"),
    RenderCase("{{ {'b': 1, 'a': {}} | tojson(indent=2) }}", "{\n  \"b\": 1,\n  \"a\": {}\n}"),
    RenderCase(
      "{{ [] | tojson(indent=2) }}{{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }}",
      "[]{\"a\": 2, \"b\": 1}"),
    RenderCase("{{ [1, {'a': 2}] | tojson(separators=(',', ':')) }}", "[1,{\"a\":2}]"),
    RenderCase(
      "{{ 'é🥳\\x7f' | tojson(ensure_ascii=true) }} {{ '\\x01\\b\\f/<' | tojson }}",
      "\"\\u00e9\\ud83e\\udd73\\u007f\" \"\\u0001\\b\\f/<\""),
    RenderCase(
      "{{ {1: 1, none: 2, true: 3, 1.5: 4} | tojson }}",
      "{\"1\": 3, \"null\": 2, \"1.5\": 4}"),
    RenderCase(
      "{{ missing | default('x') }}{{ '' | default('x') }}{{ '' | default('x',"
        + " true) }}{{ none | default('x') }}{{ missing | d }}",
      "xxNone"),
    RenderCase(
      "{{ '12' | int }} {{ ' 7 ' | int }} {{ 'x' | int }} {{ 'x' | int(9)"
        + " }} {{ '1.9' | int }} {{ -1.9 | int }} {{ '0x1f' | int(base=16)"
        + " }} {{ 'ff' | int(0, 16) }} {{ none | int }} {{ '1_000' | int"
        + " }}",
      "12 7 0 9 1 -1 31 255 0 1000"),
    RenderCase(
      "{{ '1.5' | float }} {{ 'x' | float }} {{ 1 | float }} {{ 'x' |"
        + " float(2.5) }} {{ '1e3' | float }}",
      "1.5 0.0 1.0 2.5 1000.0"),
    RenderCase(
      "{{ -3 | abs }} {{ -3.5 | abs }} {{ 2.5 | round }} {{ 2.567 | round(2)"
        + " }} {{ 2.1 | round(0, 'ceil') }} {{ 2.19 | round(1, 'floor') }}"
        + " {{ 3 | round }}",
      "3 3.5 2.0 2.57 3.0 2.1 3"),
  ]

  @Test(arguments: conversions)
  func filtersThatConvert(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let sequenceFilters: [RenderCase] = [
    RenderCase(
      "{{ [1, 2] | length }}{{ 'é' | length }}{{ {'a': 1} | count }}{{ missing | length }}",
      "2110"),
    RenderCase(
      "{{ [1, 2] | first }}{{ [1, 2] | last }}{{ 'ab' | first }}{{ [] | first is defined }}",
      "12aFalse"),
    RenderCase(
      "{{ ['a', 1, none] | join('-') }}{{ [] | join }}{{ [{'n': 1}, {'n':"
        + " 2}] | join(',', attribute='n') }}",
      "a-1-None1,2"),
    RenderCase("{{ [1, 2] | reverse | list }}{{ 'abc' | reverse }}", "[2, 1]cba"),
    RenderCase(
      "{{ [1, 2, 3] | sum }}{{ [{'v': 1}, {'v': 2}] | sum('v') }}{{ [1] | sum(start=10) }}",
      "6311"),
    RenderCase("{{ {'a': 1} | items | list }}{{ missing | items | list }}", "[('a', 1)][]"),
    RenderCase("{{ 'abc' | list }}{{ {'a': 1} | list }}", "['a', 'b', 'c']['a']"),
    RenderCase(
      "{{ [1, 2, 3, 4, 5] | batch(2, 0) | list }} {{ [1, 2, 3, 4, 5] | slice(3, 'x') | list }}",
      "[[1, 2], [3, 4], [5, 0]] [[1, 2], [3, 4], [5, 'x']]"),
    RenderCase(
      "{{ ['b', 'A', 'c'] | sort }} {{ ['b', 'A'] | sort(case_sensitive=true)"
        + " }} {{ [3, 1, 2] | sort(reverse=true) }} {{ [{'a': 2, 'b': 1},"
        + " {'a': 1, 'b': 2}] | sort(attribute='a') }}",
      "['A', 'b', 'c'] ['A', 'b'] [3, 2, 1] [{'a': 1, 'b': 2}, {'a': 2, 'b': 1}]"),
    RenderCase(
      "{{ [{'a': {'b': 2}}, {'a': {'b': 1}}] | sort(attribute='a.b')"
        + " }} {{ [{'a': 1, 'b': 2}, {'a': 1, 'b': 1}] | sort(attribute='a,b')"
        + " }}",
      "[{'a': {'b': 1}}, {'a': {'b': 2}}] [{'a': 1, 'b': 1}, {'a': 1, 'b': 2}]"),
    RenderCase(
      "{{ {'b': 1, 'A': 3, 'a': 2} | dictsort }} {{ {'b': 1, 'a': 2}"
        + " | dictsort(by='value') }} {{ {'b': 1, 'a': 2} | dictsort(reverse=true)"
        + " }}",
      "[('A', 3), ('a', 2), ('b', 1)] [('b', 1), ('a', 2)] [('b', 1), ('a', 2)]"),
    RenderCase(
      "{{ [3, 1, 2] | min }}{{ ['b', 'A'] | max }}{{ ['B', 'a'] | min(case_sensitive=true)"
        + " }}{{ [{'a': 2}, {'a': 1}] | min(attribute='a') }}{{ [] | max"
        + " is defined }}",
      "1bB{'a': 1}False"),
    RenderCase(
      "{{ ['a', 'A', 'b', 1, 1.0] | unique | list }} {{ ['a', 'A'] | unique(true) | list }}",
      "['a', 'b', 1] ['a', 'A']"),
    RenderCase(
      "{% for g, xs in [{'k': 'b', 'v': 1}, {'k': 'a', 'v': 2}, {'k':"
        + " 'b', 'v': 3}] | groupby('k') %}{{ g }}:{{ xs | map(attribute='v')"
        + " | list }} {% endfor %}",
      "a:[2] b:[1, 3] "),
  ]

  @Test(arguments: sequenceFilters)
  func filtersOnSequences(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let selections: [RenderCase] = [
    RenderCase(
      "{{ ['a', 'b'] | map('upper') | list }} {{ [{'a': 1}, {}] | map(attribute='a',"
        + " default=0) | list }} {{ [{'a': {'b': 1}}] | map(attribute='a.b')"
        + " | list }}",
      "['A', 'B'] [1, 0] [1]"),
    RenderCase("{{ ['a b'] | map('replace', ' ', '_') | first }}", "a_b"),
    RenderCase(
      "{{ [0, 1, none, 'x', ''] | select | list }} {{ [1, 2, 3] | select('odd')"
        + " | list }} {{ [1, 2, 3] | reject('odd') | list }} {{ [1, 5, 9]"
        + " | select('gt', 4) | list }}",
      "[1, 'x'] [1, 3] [2] [5, 9]"),
    RenderCase(
      "{{ [{'r': 'a', 'v': 1}, {'r': 'b', 'v': 2}] | selectattr('r',"
        + " 'equalto', 'a') | map(attribute='v') | list }}",
      "[1]"),
    RenderCase(
      "{{ [{'r': 'a'}, {}] | selectattr('r', 'defined') | list }} {{"
        + " [{'r': 1}, {'r': 0}] | rejectattr('r') | list }} {{ [{'a': 'x'}]"
        + " | selectattr('a', 'in', ['x', 'y']) | list | length }}",
      "[{'r': 'a'}] [{'r': 0}] 1"),
    RenderCase(
      "{{ ['a'] | map('upper') is iterable }}{{ 'abc' | attr('missing') is defined }}",
      "TrueFalse"),
  ]

  @Test(arguments: selections)
  func filtersThatSelect(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let lazyFilters: [RenderCase] = [
    RenderCase("{{ [{'v': 1}, {}] | selectattr('v', 'ge', 1) | first }}", "{'v': 1}"),
    RenderCase("{{ [1, 'a', none] | map('abs') | first }}", "1"),
    RenderCase("{{ [3, 'a'] | map('abs') | select('odd') | first }}", "3"),
    RenderCase(
      "{{ none | map('upper') | list ~ 0 | select | list ~ '' | reject | list }}", "[][][]"),
    RenderCase(
      "{{ [none, none] | sort ~ [{}, {}] | sort(attribute='x') }}", "[None, None][{}, {}]"),
    RenderCase(
      "{{ [{'a': 'B', 'b': 2}, {'a': 'b', 'b': 1}] | sort(attribute='a,b') }}",
      "[{'a': 'b', 'b': 1}, {'a': 'B', 'b': 2}]"),
    RenderCase("{{ [1, 2, 3] | map('string') | reverse }}", "['3', '2', '1']"),
    RenderCase("{{ ('abc' | safe) | list }}", "['a', 'b', 'c']"),
    RenderCase("{{ ('a<b' | safe) | replace('a', '<') ~ 1 | replace(1, '<') }}", "<<b<"),
    RenderCase("{{ ('<b>' | safe).join(['<', '>']) }}", "&lt;<b>&gt;"),
    RenderCase(
      "{{ ('a\\nb' | safe) | indent + '<' ~ ('a' | safe) | center(3) + '<' }}",
      "a\n    b&lt; a &lt;"),
    RenderCase("{{ [1, 2] | truncate(5) }}", "[1, 2]"),
    RenderCase(
      "{% for g in [{'a': 'X', 'n': 1}, {'a': 'y', 'n': 2}, {'a': 'x', 'n': 3}] | groupby('a') %}{{ g.grouper }}{{ g.list | map(attribute='n') | join }}{{ g[0] }}{{ g.count('X') }};{% endfor %}",
      "X13X1;y2y0;"),
    RenderCase(
      "{% for name, all in [{'a': 1}, {}] | groupby('a', default=0) %}{{ name }}{{ all }}{% endfor %}",
      "0[{}]1[{'a': 1}]"),
    RenderCase(
      "{% set g = [1, 2] | map('string') %}{{ g | first }}{{ g | list }}{{ g | list }}", "1['2'][]"),
  ]

  @Test(arguments: lazyFilters)
  func filtersOnElements(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  @Test(arguments: [
    "{{ 1 | indent }}", "{{ missing | indent }}", "{{ 1 | truncate }}", "{{ 5 | map('upper') }}",
    "{{ [1] | map('nofilter') | list }}", "{{ [1, 'a'] | map('abs') | list }}",
  ])
  func filtersRefuseWhatTheyCannotUse(template: String) {
    #expect(renderError(template)?.kind == .runtime)
  }
}
