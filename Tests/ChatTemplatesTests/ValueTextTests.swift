import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct ValueTextTests {
  private static let values: [RenderCase] = [
    RenderCase(
      "{{ range(9)[1:8:2] }} {{ range(3)[::-1] }} {{ range(5)[2] }}",
      "range(1, 8, 2) range(2, -1, -1) 2"),
    RenderCase(
      "{{ [\"it's\", 'q\"q', 'b\\'\"', 'a\\\\b'] }}",
      "[\"it's\", 'q\"q', 'b\\'\"', 'a\\\\b']"),
    RenderCase(
      "{{ ['\\n\\t\\r', '\\x00\\x7f', '\\u200b\\xa0', 'é日🥳', '\\U000e0001'] }}",
      "['\\n\\t\\r', '\\x00\\x7f', '\\u200b\\xa0', 'é日🥳', '\\U000e0001']"),
    RenderCase(
      "{{ [1.0, 0.1, 1e16, 1e15, 123456789.125, 1e-5, 0.0001, -0.0, 1e300, 5e-324] }}",
      "[1.0, 0.1, 1e+16, 1000000000000000.0, 123456789.125, 1e-05, 0.0001,"
        + " -0.0, 1e+300, 5e-324]"),
    RenderCase(
      "{{ 1e22 }} {{ 1e100 }} {{ 0.1 + 0.2 }} {{ 1/3 }} {{ 100.0 }} {{ 2.5e-7 }}",
      "1e+22 1e+100 0.30000000000000004 0.3333333333333333 100.0 2.5e-07"),
    RenderCase(
      "{{ 12345678901234567890123 }}{{ [12345678901234567890123] | tojson }}",
      "12345678901234567890123[12345678901234567890123]"),
    RenderCase(
      "{{ [none, true, false] }}{{ {'a': none, 1: (1,), (1, 2): []} }}",
      "[None, True, False]{'a': None, 1: (1,), (1, 2): []}"),
    RenderCase(
      "{{ {'a': 1}.items() }} {{ {'a': 1}.keys() }} {{ {'a': 1}.values() | list }}",
      "dict_items([('a', 1)]) dict_keys(['a']) [1]"),
    RenderCase(
      "{{ range(3) }} {{ range(1, 10, 2) }} {{ range(5, 0, -2) | list }}",
      "range(0, 3) range(1, 10, 2) [5, 3, 1]"),
    RenderCase("{{ namespace(a='x') }}", "<Namespace {'a': 'x'}>"),
    RenderCase("{{ ['a' | safe] }}", "[Markup('a')]"),
    RenderCase(
      "{{ 'a<' | safe + '<b>' }} {{ '<' + ('b' | safe) }} {{ ('a<' |"
        + " safe) ~ '<' }} {{ ('a' | safe).upper() + '&' }}",
      "a<&lt;b&gt; &lt;b a<< A&amp;"),
    RenderCase("{{ '<' + 'a' + ('<b>' | safe) + '&' + 'c' }}", "&lt;a<b>&amp;c"),
    RenderCase("{{ [missing] }}", "[Undefined]"),
  ]

  @Test(arguments: values)
  func valuesPrintAsInPython(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }
}
