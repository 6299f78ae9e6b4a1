import ChatTemplates
import Testing

@Suite struct ParserTests {
  private static let errors: [RenderCase] = [
    RenderCase("{{ }}", "unexpected 'end of print statement'"),
    RenderCase("{{ 1", "unexpected end of template, expected 'end of print statement'."),
    RenderCase("{% if %}{% endif %}", "unexpected 'end of statement block'"),
    RenderCase(
      "{% if true %}",
      "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'."
    ),
    RenderCase("{% endif %}", "Encountered unknown tag 'endif'."),
    RenderCase("{% for x %}{% endfor %}", "expected token 'in', got 'end of statement block'"),
    RenderCase("{{ a b }}", "expected token 'end of print statement', got 'b'"),
    RenderCase("{{ (1 }}", "unexpected '}', expected ')'"),
    RenderCase("{{ 1) }}", "unexpected ')'"),
    RenderCase("{{ [1 }}", "unexpected '}', expected ']'"),
    RenderCase("{{ 'abc }}", "the string does not end"),
    RenderCase("{% unknown %}", "Encountered unknown tag 'unknown'."),
    RenderCase("{# open", "Missing end of comment tag"),
    RenderCase("{% raw %}x", "Missing end of raw directive"),
    RenderCase("{{ a. }}", "expected name or number"),
    RenderCase("{{ a[ }}", "unexpected '}', expected ']'"),
    RenderCase("{{ 1 + }}", "unexpected 'end of print statement'"),
    RenderCase("{% set %}", "expected a name to assign to, got 'end of statement block'"),
    RenderCase("{% set 1 = 2 %}", "expected a name to assign to, got '1'"),
    RenderCase("{% macro %}{% endmacro %}", "expected token 'name', got 'end of statement block'"),
    RenderCase(
      "{% macro m(a=1, b) %}{% endmacro %}",
      "non-default argument follows default argument"),
    RenderCase("{{ f(a=1, 2) }}", "invalid syntax for function call expression"),
    RenderCase("{{ {1} }}", "expected token ':', got '}'"),
    RenderCase("{{ {'a' 1} }}", "expected token ':', got '1'"),
    RenderCase("{% if true %}{% else %}{% elif x %}{% endif %}", "Encountered unknown tag 'elif'."),
    RenderCase("{{ a | }}", "expected token 'name', got 'end of print statement'"),
    RenderCase("{{ a is }}", "expected token 'name', got 'end of print statement'"),
    RenderCase("{{ ! }}", "unexpected char '!'"),
    RenderCase("{% break %}", "'break' outside of a loop"),
    RenderCase("{% for true in x %}{% endfor %}", "can't assign to 'true'"),
    RenderCase("{{ 012 }}", "a number does not begin with 0"),
    RenderCase("{% call 1 %}{% endcall %}", "expected call"),
    RenderCase("{{ x ? y : z }}", "unexpected char '?'"),
    RenderCase("{{ a $ b }}", "unexpected char '$'"),
    RenderCase("{% set x = %}", "unexpected 'end of statement block'"),
    RenderCase("{{ a is b is c }}", "You cannot chain multiple tests with is"),
    RenderCase("{{ {{ }}", "expected token ':', got '}'"),
    RenderCase("{% %}", "tag name expected"),
    RenderCase("{{ *a }}", "unexpected '*'"),
  ]

  @Test(arguments: errors)
  func faultsAreSyntaxErrors(_ test: RenderCase) {
    let error = renderError(test.template)
    #expect(error?.kind == .syntax)
    #expect(error?.message == test.expected)
  }

  @Test(arguments: [
    "include 'x'", "import 'x' as y", "from 'x' import y", "extends 'x'", "block b", "do x",
    "autoescape true", "debug",
  ])
  func whatChatTemplatesLackIsSaid(tag: String) {
    let error = renderError("{% \(tag) %}")
    #expect(error?.kind == .unsupported)
    #expect(error?.message.hasPrefix("not supported in chat templates: {% ") == true)
  }
}
