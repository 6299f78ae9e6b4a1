import ChatTemplates
import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct StatementTests {
  private static let statements: [RenderCase] = [
    RenderCase("{% if a %}1{% elif b %}2{% else %}3{% endif %}", "3"),
    RenderCase("{% if false %}{% elif true %}x{% endif %}", "x"),
    RenderCase(
      "{% for x in [1, 2, 3] %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
      "1, 2, 3"),
    RenderCase(
      "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}",
      "a=1;b=2;"),
    RenderCase("{% for x in [] %}x{% else %}none{% endfor %}", "none"),
    RenderCase("{% for x in missing %}x{% else %}none{% endfor %}", "none"),
    RenderCase("{% for c in 'héy' %}[{{ c }}]{% endfor %}", "[h][é][y]"),
    RenderCase("{% for k in {'a': 1} %}{{ k }}{% endfor %}", "a"),
    RenderCase(
      "{% for x in range(5) if x % 2 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
      "1/2:1 2/2:3 "),
    RenderCase(
      "{% for x in range(3) %}{% for y in range(2) %}{{ loop.index0 }}{%"
        + " endfor %}{{ loop.revindex }} {% endfor %}",
      "013 012 011 "),
    RenderCase(
      "{% for x in [1, 2, 3, 4] %}{% if x == 2 %}{% continue %}{% endif"
        + " %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
      "13"),
    RenderCase(
      "{% for x in 'abc' %}{{ loop.previtem }}<{{ loop.nextitem }} {% endfor %}",
      "<b a<c b< "),
    RenderCase(
      "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {{ loop.cycle('a', 'b') }} {% endfor %}",
      "True a False b True a "),
    RenderCase("{% set a, b = 1, [2, 3] %}{{ a }}{{ b }}", "1[2, 3]"),
    RenderCase("{% set x %}in {{ 1 + 1 }}{% endset %}{{ x }}", "in 2"),
    RenderCase("{% set x | upper | trim %} a {% endset %}[{{ x }}]", "[A]"),
    RenderCase("{% filter upper %}a{{ 'b' }}{% endfilter %}", "AB"),
    RenderCase("{% filter replace('a', 'b') | upper %}aa{% endfilter %}", "BB"),
    RenderCase("{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}", "3"),
    RenderCase(
      "{% set n = namespace(x=1, y='a') %}{% for i in [1, 2] %}{% set"
        + " n.x = n.x + i %}{% endfor %}{{ n.x }}{{ n.y }}{{ n.z is defined"
        + " }}",
      "4aFalse"),
    RenderCase("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    RenderCase("a{# {{ x }} #}b", "ab"),
    RenderCase("{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123"),
  ]

  @Test(arguments: statements)
  func statementsDoWhatTheySay(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let scopes: [RenderCase] = [
    RenderCase("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}", "21"),
    RenderCase("{% if true %}{% set x = 1 %}{% endif %}{{ x }}", "1"),
    RenderCase(
      "{% set x = 0 %}{% for i in [1, 2] %}{{ x }}{% set x = x + i %}{{ x }} {% endfor %}",
      "01 02 "),
    RenderCase(
      "{% for i in [1, 2] %}{% if loop.first %}{% set x = 'set' %}{%"
        + " endif %}[{{ x }}]{% endfor %}",
      "[set][]"),
    RenderCase(
      "{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{% set x = 2 %}{{ m() }}",
      "12"),
    RenderCase(
      "{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}",
      "12"),
    RenderCase(
      "{% set x = 1 %}{% macro m(x) %}{{ x }}{% set x = 3 %}{{ x }}{%"
        + " endmacro %}{{ m(2) }}{{ x }}",
      "231"),
    RenderCase("{% set x = 1 %}{% set y %}{% set x = 2 %}{{ x }}{% endset %}{{ x }}{{ y }}", "12"),
    RenderCase("{% set i = 5 %}{% for i in range(i) %}{{ i }}{% endfor %}{{ i }}", "012345"),
    RenderCase(
      "{% for x in [[1], [2]] %}{% for x in x %}{{ x }}{% endfor %}{{ x }}{% endfor %}",
      "1[1]2[2]"),
    RenderCase("{% set x = 1 %}{% with x = 2, y = x %}{{ x }}{{ y }}{% endwith %}{{ x }}", "211"),
    RenderCase(
      "{% macro outer() %}{% macro inner() %}{{ v }}{% endmacro %}{%"
        + " set v = 7 %}{{ inner() }}{% endmacro %}{{ outer() }}{{ v is defined"
        + " }}",
      "7False"),
    RenderCase(
      "{% set y = 1 %}{% macro m() %}{{ range is defined }}{% endmacro"
        + " %}{{ m() }}{% set range = 1 %}",
      "False"),
    RenderCase(
      "{% macro m() %}{{ dict is defined }}{% endmacro %}{{ m() }}{%"
        + " if true %}{% set dict = 1 %}{% endif %}{{ m() }}",
      "TrueTrue"),
    RenderCase(
      "{{ dict is defined }}{% for i in [1] %}{{ dict is defined }}{%"
        + " endfor %}{% set dict = 1 %}{{ dict }}",
      "TrueTrue1"),
  ]

  @Test(arguments: scopes)
  func variablesHaveScopes(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let macros: [RenderCase] = [
    RenderCase(
      "{% macro m(a, b=a, c='-') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{"
        + " m(1) }} {{ m(1, 2) }} {{ m(c=3, a=1) }}",
      "11- 12- 113"),
    RenderCase(
      "{% macro f(n) %}{{ n }}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(4) }}",
      "43210"),
    RenderCase(
      "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
      "(1, 2){'x': 3}"),
    RenderCase(
      "{% macro m() %}({{ caller() }}){% endmacro %}{% call m() %}body{% endcall %}",
      "(body)"),
    RenderCase(
      "{% macro m(xs) %}{% for x in xs %}{{ caller(x, loop.index) }}{%"
        + " endfor %}{% endmacro %}{% call(x, i) m(['a', 'b']) %}{{ i }}{{"
        + " x }} {% endcall %}",
      "1a 2b "),
    RenderCase(
      "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}{{ m(none) }}",
      "FalseTrue"),
    RenderCase(
      "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{"
        + " m(**{'a': 3, 'b': 4}) }}",
      "1234"),
    RenderCase(
      "{% macro m() %}x{% endmacro %}{{ m() | upper }}{{ m.name }}{{ (m() ~ 'y') | length }}",
      "Xm2"),
  ]

  @Test(arguments: macros)
  func macrosCanBeCalled(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  private static let rareStatements: [RenderCase] = [
    RenderCase(
      "{% for a in [1, [2, [3]], 4] recursive %}{% if a is iterable %}({{ loop(a) }}){% else %}{{ a }}{{ loop.depth }}{{ loop.depth0 }}{% if not loop.last %},{% endif %}{% endif %}{{ loop.index }}{% endfor %}",
      "110,1(221,1(3321)2)24103"),
    RenderCase(
      "{% for n in [{'n': 'a', 'c': [{'n': 'b', 'c': []}]}] recursive %}{% set x = n.n %}{{ x }}{% for k in [1, 2] %}{{ k }}{% endfor %}{{ loop(n.c) }}{{ x }}{% else %}-{% endfor %}",
      "a12b12-ba"),
    RenderCase(
      "{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{% set c, ns.c = 3, 4 %}{{ ns.a }}{{ ns.b }}{{ c }}{{ ns.c }}",
      "1234"),
    RenderCase(
      "{% macro m(a, b=1) %}{{ kwargs }}{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}",
      "m('a', 'b')TrueFalseFalse"),
    RenderCase("{% print 'a' %}{% print 1, none %}", "a1None"),
  ]

  @Test(arguments: rareStatements)
  func statementsThatFewKnow(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  @Test(arguments: [
    "{% for a in [1] %}{{ loop([2]) }}{% endfor %}",
    "{% for a in [1] recursive %}{{ loop() }}{% endfor %}",
    "{% set n = namespace() %}{% for a in [1] recursive %}{% set n.l = loop %}{% endfor %}"
      + "{{ n.l([1]) }}",
  ])
  func onlyRecursiveLoopsCallThemselves(template: String) {
    #expect(renderError(template)?.kind == .runtime)
  }

  @Test(arguments: [
    "{% macro m(a, a) %}{% endmacro %}", "{% macro m(caller) %}{% endmacro %}", "{{ f(a=1, a=2) }}",
    "{% for x in y %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
    "{% for x in y %}{% generation %}{% continue %}{% endgeneration %}{% endfor %}",
  ])
  func whatPythonCannotCompileIsRefused(template: String) {
    #expect(renderError(template)?.kind == .syntax)
  }
}
