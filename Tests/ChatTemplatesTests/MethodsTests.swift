import ChatTemplates
import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct MethodsTests {
  private static let methods: [RenderCase] = [
    RenderCase(
      "{{ '  a '.strip() }}|{{ 'xax'.lstrip('x') }}|{{ 'xax'.rstrip('x')"
        + " }}|{{ '\\u3000a\\xa0\\x1c\\x85'.strip() }}|{{ '\\u200ba\\ufeff'.strip()"
        + " | length }}",
      "a|ax|xa|a|3"),
    RenderCase(
      "{{ 'a,b,,c'.split(',') }}{{ ' a  b '.split() }}{{ 'a,b,c'.split(',',"
        + " 1) }}{{ 'a b  c '.split(none, 1) }}{{ 'a,b,c'.rsplit(',', 1)"
        + " }}{{ ' a b c'.rsplit(none, 1) }}{{ ''.split() }}{{ ''.split(',')"
        + " }}{{ 'aaa'.rsplit('aa') }}{{ 'a b'.split(maxsplit=0) }}",
      "['a', 'b', '', 'c']['a', 'b']['a', 'b,c']['a', 'b  c ']['a,b',"
        + " 'c'][' a b', 'c'][]['']['a', '']['a b']"),
    RenderCase(
      "{{ 'a\\nb\\r\\nc\\u2028d\\n'.splitlines() }}{{ 'a\\nb'.splitlines(true) }}",
      "['a', 'b', 'c', 'd']['a\\n', 'b']"),
    RenderCase(
      "{{ 'a-b-c'.partition('-') }}{{ 'a-b-c'.rpartition('-') }}{{ 'abc'.partition('-')"
        + " }}{{ 'abc'.rpartition('-') }}",
      "('a', '-', 'b-c')('a-b', '-', 'c')('abc', '', '')('', '', 'abc')"),
    RenderCase(
      "{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith(('x', 'c')) }}{{"
        + " 'abc'.startswith('b', 1) }}{{ 'abc'.endswith('b', 0, 2) }}",
      "TrueTrueTrueTrue"),
    RenderCase(
      "{{ 'hello'.find('l') }}{{ 'hello'.rfind('l') }}{{ 'hello'.find('z')"
        + " }}{{ 'hello'.index('e') }}{{ 'hello'.count('l') }}{{ 'éa'.find('a')"
        + " }}{{ 'abab'.find('a', 1) }}{{ 'aaa'.count('') }}",
      "23-112124"),
    RenderCase(
      "{{ 'aXb'.replace('X', '') }}{{ 'aaa'.replace('a', 'b', 1) }}{{ 'ab'.replace('', '-') }}",
      "abbaa-a-b-"),
    RenderCase(
      "{{ 'hELLO wOrLd'.capitalize() }} {{ \"they're x1y\".title() }}"
        + " {{ 'aB'.swapcase() }} {{ 'ΑΣ'.lower() }} {{ 'ß'.upper() }} {{"
        + " 'ǆ'.title() }}",
      "Hello world They'Re X1Y Ab ας SS ǅ"),
    RenderCase(
      "{{ 'ab'.center(6, '*') }}{{ 'ab'.center(5, '*') }}{{ 'abc'.center(6,"
        + " '*') }}{{ 'ab'.ljust(4, '.') }}{{ 'ab'.rjust(4) }}{{ '-5'.zfill(4)"
        + " }}{{ '5'.zfill(3) }}",
      "**ab****ab**abc**ab..  ab-005005"),
    RenderCase(
      "{{ '12'.isdigit() }}{{ 'a1'.isalnum() }}{{ 'ab'.isalpha() }}{{"
        + " ' '.isspace() }}{{ 'A'.isupper() }}{{ 'a'.islower() }}{{ ''.isdigit()"
        + " }}{{ '²'.isdigit() }}{{ '½'.isnumeric() }}{{ '²'.isdecimal()"
        + " }}{{ 'é'.isascii() }}",
      "TrueTrueTrueTrueTrueTrueFalseTrueTrueFalseFalse"),
    RenderCase("{{ '-'.join(['a', 'b']) }}{{ ', '.join({'x': 1}) }}", "a-bx"),
    RenderCase(
      "{{ 'prefix-a'.removeprefix('prefix-') }}{{ 'a.txt'.removesuffix('.txt')"
        + " }}{{ 'a'.removeprefix('b') }}",
      "aaa"),
    RenderCase(
      "{{ {'a': 1}.get('a') }}{{ {'a': 1}.get('z') }}{{ {'a': 1}.copy()"
        + " }}{{ [1, 2, 1].count(1) }}{{ (1, 2).index(2) }}",
      "1None{'a': 1}21"),
  ]

  @Test(arguments: methods)
  func methodsReturn(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let rareMethods: [RenderCase] = [
    RenderCase(
      "{{ 'a\\tbc\\td'.expandtabs() ~ '\\ta\\n\\tb'.expandtabs(4) }}",
      "a       bc      d    a\n    b"),
    RenderCase("{{ 'Ab Cd'.istitle() ~ 'aB'.istitle() ~ ''.istitle() }}", "TrueFalseFalse"),
    RenderCase(
      "{{ 'a_1'.isidentifier() ~ '1a'.isidentifier() ~ 'a b'.isidentifier() }}", "TrueFalseFalse"),
    RenderCase(
      "{{ 'a b'.isprintable() ~ 'a\\n'.isprintable() ~ ''.isprintable() }}", "TrueFalseTrue"),
    RenderCase("{{ 'abc'.translate({97: 'x', 98: none, 99: 100}) }}", "xd"),
    RenderCase("{{ '{a}-{b[0]}'.format_map({'a': 1, 'b': [2]}) }}", "1-2"),
    RenderCase("{{ 'ßſıİΣ'.casefold() }}", "sssıi̇σ"),
    RenderCase(
      "{{ 'abc'.find('', 3) ~ 'abc'.find('', 4) ~ 'abc'.endswith('', 4) ~ 'abc'.count('', 4) }}",
      "3-1False0"),
    RenderCase(
      "{{ dict.fromkeys('ab') ~ {}.fromkeys(['k'], 1) }}", "{'a': None, 'b': None}{'k': 1}"),
    RenderCase("{{ {'a': 1, 'b': 2}.keys() == {'b': 3, 'a': 4}.keys() }}", "True"),
    RenderCase("{{ 'abc'[-(2 ** 70):2 ** 70] ~ [1, 2][2 ** 70::-1] }}", "abc[2, 1]"),
    RenderCase(
      "{{ 1500000 | filesizeformat ~ 1 | filesizeformat ~ 2048 | filesizeformat(true) ~ '5' | filesizeformat }}",
      "1.5 MB1 Byte2.0 KiB5 Bytes"),
  ]

  @Test(arguments: rareMethods)
  func methodsOfPythonThatFewKnow(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  @Test(arguments: [
    "{{ 'a'.replace(old='a', new='b') }}", "{{ {'a': 1}.get(key='a') }}",
    "{{ 'a'.strip(chars='a') }}",
    "{{ 'a'.startswith(prefix='a') }}", "{{ [1].index(value=1) }}", "{{ dict(a=1, **{'a': 2}) }}",
    "{{ 'a' | replace('a', old='b', new='c') }}", "{{ (1,).copy() }}", "{{ 'a'.translate(1) }}",
  ])
  func argumentsThatPythonRefusesAreErrors(template: String) {
    #expect(renderError(template)?.kind == .runtime)
  }
}
