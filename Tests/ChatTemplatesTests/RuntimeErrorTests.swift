import ChatTemplates
import Testing

/// The expected messages are those of jinja2 3.1.6, set up as transformers does.
@Suite struct RuntimeErrorTests {
  private static let errors: [RenderCase] = [
    RenderCase("{{ missing.x }}", "'missing' is undefined"),
    RenderCase("{{ {}.a.b }}", "'dict object' has no attribute 'a'"),
    RenderCase("{{ none.x.y }}", "'None' has no attribute 'x'"),
    RenderCase("{{ missing['x'] }}", "'missing' is undefined"),
    RenderCase("{{ 'a'.nope() }}", "'str object' has no attribute 'nope'"),
    RenderCase("{{ missing() }}", "'missing' is undefined"),
    RenderCase("{{ 'a' + 1 }}", "can only concatenate str (not \"int\") to str"),
    RenderCase("{{ 'a' + 'b' + 1 + 'c' }}", "can only concatenate str (not \"int\") to str"),
    RenderCase("{{ 1 + 'a' }}", "unsupported operand type(s) for +: 'int' and 'str'"),
    RenderCase("{{ [1] + 'a' }}", "can only concatenate list (not \"str\") to list"),
    RenderCase("{{ missing + 'a' }}", "'missing' is undefined"),
    RenderCase("{{ 'a' + missing }}", "'missing' is undefined"),
    RenderCase("{{ -'a' }}", "bad operand type for unary -: 'str'"),
    RenderCase("{{ 1 / 0 }}", "division by zero"),
    RenderCase("{{ 1 // 0 }}", "integer division or modulo by zero"),
    RenderCase("{{ 1 % 0 }}", "integer modulo by zero"),
    RenderCase("{{ 'a' < 1 }}", "'<' not supported between instances of 'str' and 'int'"),
    RenderCase("{{ 1 > 'a' }}", "'>' not supported between instances of 'int' and 'str'"),
    RenderCase("{{ none <= 1 }}", "'<=' not supported between instances of 'NoneType' and 'int'"),
    RenderCase("{{ 1 in 2 }}", "argument of type 'int' is not iterable"),
    RenderCase("{{ 1 in 'a' }}", "'in <string>' requires string as left operand, not int"),
    RenderCase("{{ 1 | length }}", "object of type 'int' has no len()"),
    RenderCase("{{ none | length }}", "object of type 'NoneType' has no len()"),
    RenderCase("{% for x in 1 %}{% endfor %}", "'int' object is not iterable"),
    RenderCase("{% for a, b in [1] %}{% endfor %}", "cannot unpack non-iterable int object"),
    RenderCase(
      "{% for a, b in [[1]] %}{% endfor %}",
      "not enough values to unpack (expected 2, got 1)"),
    RenderCase(
      "{% for a, b in [[1, 2, 3]] %}{% endfor %}",
      "too many values to unpack (expected 2)"),
    RenderCase("{{ 'a'() }}", "'str' object is not callable"),
    RenderCase("{{ [1].append(2) }}", "access to attribute 'append' of 'list' object is unsafe."),
    RenderCase("{{ {}.update({}) }}", "access to attribute 'update' of 'dict' object is unsafe."),
    RenderCase("{{ {[]: 1} }}", "unhashable type: 'list'"),
    RenderCase("{{ x | nofilter }}", "No filter named 'nofilter'."),
    RenderCase("{{ x is notest }}", "No test named 'notest'."),
    RenderCase(
      "{{ [1] | map('upper') | tojson }}",
      "Object of type generator is not JSON serializable"),
    RenderCase("{{ missing | tojson }}", "Object of type Undefined is not JSON serializable"),
    RenderCase(
      "{{ {(1, 2): 3} | tojson }}",
      "keys must be str, int, float, bool or None, not tuple"),
    RenderCase(
      "{% set x = 1 %}{% set x.y = 2 %}",
      "cannot assign attribute on non-namespace object"),
    RenderCase("{{ [1, 'a'] | sort }}", "'<' not supported between instances of 'str' and 'int'"),
    RenderCase("{{ 'abc'.index('z') }}", "substring not found"),
    RenderCase("{{ 'a'.split('') }}", "empty separator"),
    RenderCase("{{ '%d' % 'a' }}", "%d format: a real number is required, not str"),
    RenderCase("{{ '%s %s' % 'a' }}", "not enough arguments for format string"),
    RenderCase("{{ '%s' % (1, 2) }}", "not all arguments converted during string formatting"),
    RenderCase("{{ '{}'.format() }}", "Replacement index 0 out of range for positional args tuple"),
    RenderCase(
      "{{ range(1000000) }}",
      "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)."),
    RenderCase(
      "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
      "macro 'm' takes not more than 1 argument(s)"),
    RenderCase(
      "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}",
      "macro 'm' takes no keyword argument 'b'"),
    RenderCase(
      "{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}",
      "macro 'm' takes no keyword argument 'a'"),
    RenderCase("{{ [1, 2][::0] }}", "slice step cannot be zero"),
    RenderCase("{{ loop.index }}", "'loop' is undefined"),
    RenderCase("{{ ''.join([1]) }}", "sequence item 0: expected str instance, int found"),
    RenderCase("{{ (1, 2)['a'].b }}", "'tuple object' has no attribute 'a'"),
    RenderCase("{{ [1, 2] | map('nofilter') | list }}", "No filter named 'nofilter'."),
    RenderCase("{{ 'x' * 'y' }}", "can't multiply sequence by non-int of type 'str'"),
  ]

  @Test(arguments: errors)
  func errorsAreWordedAsInPython(_ test: RenderCase) {
    #expect(renderError(test.template)?.message == test.expected)
  }

  @Test(arguments: [
    ("a\n{{ x.y }}", 2, 6), ("{{ 'é' ~ missing.z }}", 1, 18),
    ("{% for x in [1] %}\n  {{ x | nofilter }}\n{% endfor %}", 2, 10),
    ("{{ 1 }}\n\n{% endif %}", 3, 4), ("{% if true %}\n{{ 1 + }}", 2, 8),
  ])
  func errorsHaveLineAndColumn(template: String, line: Int, column: Int) {
    let error = renderError(template)
    #expect(error?.line == line)
    #expect(error?.column == column)
  }
}
