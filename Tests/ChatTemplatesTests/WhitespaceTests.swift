import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct WhitespaceTests {
  private static let whitespace: [RenderCase] = [
    RenderCase("a\n{% if true %}\nb\n{% endif %}\nc", "a\nb\nc"),
    RenderCase("a\n  {% if true %}\n  b\n  {% endif %}\nc", "a\n  b\nc"),
    RenderCase("a {%- if true -%} b {%- endif -%} c", "abc"),
    RenderCase("a\n  {{ 1 }}\nb", "a\n  1\nb"),
    RenderCase("a\n  {{- 1 -}}\n  b", "a1b"),
    RenderCase("a\n  {%+ if true %}\nb{% endif %}", "a\n  b"),
    RenderCase("a{% if true +%}\nb{% endif %}", "a\nb"),
    RenderCase("{# a #}\nb", "b"),
    RenderCase("  {# a #}  b", "  b"),
    RenderCase("a\n\t{#- a -#}\n b", "ab"),
    RenderCase("x {% raw %}\n {{ }} {% endraw %}\n y", "x \n {{ }}  y"),
    RenderCase("x {%- raw -%} a {%- endraw -%} y", "xay"),
    RenderCase("a\r\nb\rc", "a\nb\nc"),
    RenderCase("\n\na\n\n", "\n\na\n"),
    RenderCase("{% if true %}a{% endif %}  \n b", "a  \n b"),
    RenderCase("  {% if true %}  {% if true %}x{% endif %}{% endif %}", "  x"),
    RenderCase("a   {%- set x = 1 %}\n\n b", "a\n b"),
    RenderCase("{{ 'a\nb' }}", "a\nb"),
    RenderCase("x\n {% for i in [1,2] %}\n  {{ i }}\n {% endfor %}\ny", "x\n  1\n  2\ny"),
    RenderCase("{{ 1 }}{# c #}\n{{ 2 }}\n", "12"),
    RenderCase("\u{A0}{%- if true %}x{% endif %}", "x"),
  ]

  @Test(arguments: whitespace)
  func whiteSpaceIsTrimmed(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }
}
