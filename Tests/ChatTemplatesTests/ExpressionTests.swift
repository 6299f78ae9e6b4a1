import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct ExpressionTests {
  private static let expressions: [RenderCase] = [
    RenderCase("{{ 1 + 2 * 3 - 4 }}", "3"),
    RenderCase("{{ (1 + 2) * 3 }}", "9"),
    RenderCase("{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % -3 }} {{ -7 % 3 }} {{ 7 / 2 }}", "3 -4 -2 2 3.5"),
    RenderCase(
      "{{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 2 ** 3 ** 2 }} {{ 2 ** -2 }} {{ 4 ** 0.5 }}",
      "3.0 0.5 64 0.25 2.0"),
    RenderCase("{{ true + 1 }}{{ -true }}", "2-1"),
    RenderCase("{{ 1 ~ 'a' ~ none ~ 2.0 ~ [1] }}", "1aNone2.0[1]"),
    RenderCase(
      "{{ 'a' + 'b' * 2 + 'c' }} {{ 1 + 2 + 3 }} {{ [1] + [2] + [3] }}", "abbc 6 [1, 2, 3]"),
    RenderCase(
      "{% set x = 'a' + 'b' + 'c' %}{{ x + x }} {{ 'a' + '%s' % 'b' + 'c' }}", "abcabc abc"),
    RenderCase("{{ 'a' * 3 }}{{ [1] * 2 }}{{ 2 * 'b' }}{{ 'a' * -1 }}", "aaa[1, 1]bb"),
    RenderCase(
      "{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 1 == 1.0 }} {{ 'a' < 'b' }}"
        + " {{ [1, 2] < [1, 3] }} {{ (1, 2) == (1, 2) }}",
      "True False True True True True"),
    RenderCase(
      "{{ 1 in [1, 2] }} {{ 'b' in 'abc' }} {{ 'k' in {'k': 1} }} {{"
        + " 3 not in [1] }} {{ none in [none] }}",
      "True True True True True"),
    RenderCase(
      "{{ 0 or 'x' }} {{ 'a' and 'b' }} {{ not '' }} {{ none or false"
        + " or 0 }} {{ 1 and 0 and missing.x }}",
      "x b True 0 0"),
    RenderCase(
      "{{ 'y' if 1 else 'n' }} {{ 'y' if 0 else 'n' }} [{{ 'y' if 0 }}]"
        + " {{ 1 if 0 else 2 if 0 else 3 }}",
      "y n [] 3"),
    RenderCase(
      "{{ [1, 'a', none, true, 1.5] }} {{ (1,) }} {{ () }} {{ {} }} {{ {'a': [1]} }}",
      "[1, 'a', None, True, 1.5] (1,) () {} {'a': [1]}"),
    RenderCase(
      "{{ 'abc'[0] }}{{ 'abc'[-1] }} {{ 'abc'[1:] }} {{ 'abc'[:-1] }}"
        + " {{ 'abcdef'[1:5:2] }} {{ 'abc'[::-1] }} {{ 'abc'[5:] }}|{{ 'abc'[9]"
        + " }}|",
      "ac bc ab bd cba ||"),
    RenderCase("{{ '日本語é'[1] }} {{ '日本語é'[-2:] }} {{ '日本語é'[::-1] }}", "本 語é é語本日"),
    RenderCase(
      "{{ [1, 2, 3][::-1] }} {{ (1, 2, 3)[1:] }} {{ range(5)[1:3] | list"
        + " }} {{ [1, 2][5] is defined }}",
      "[3, 2, 1] (2, 3) [1, 2] False"),
    RenderCase(
      "{{ {'a': {'b': 1}}.a.b }} {{ {'a': 1}['a'] }} {{ {1: 'x'}[1] }}"
        + " {{ {'items': 1}['items'] }} {{ {'a': 1}.get('b', 2) }}",
      "1 1 x 1 2"),
    RenderCase("{{ {'a': 1, 'a': 2} }}{{ {1: 'a', true: 'b'} }}", "{'a': 2}{1: 'b'}"),
    RenderCase("{{ 'a' 'b' \"c\" }}", "abc"),
    RenderCase(
      "{{ 1_000 + 0x10 + 0b11 + 0o7 }} {{ 1e3 }} {{ 1.5e-3 }} {{ 00 }}",
      "1026 1000.0 0.0015 0"),
    RenderCase("{{ -2 ** 2 }} {{ -1 | abs }} {{ not 1 == 2 }} {{ - -1 }} {{ +1 }}", "4 1 True 1 1"),
    RenderCase("{{ [1, 2, 3].index(2) }}{{ 'a.b'.split('.')[1].upper() }}", "1B"),
    RenderCase("{{ [[1, 2], [3]][0][1] }}{{ ('a', 'b').0 }}", "2a"),
    RenderCase("{{ 1 if true else 2, 3 }}", "(1, 3)"),
  ]

  @Test(arguments: expressions)
  func expressionsHaveValues(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }
}
