import Bytes
import ChatTemplates
import OrderedJSON
import Testing

@Suite struct ProvenanceTests {
  /// A span with the texts that it covers: `source[from..<to]=text`, with `~` for `=` where the
  /// text is not verbatim.
  private func spans(_ template: String, _ context: String) throws -> [String] {
    let prompt = try renderPrompt(template, context)
    return prompt.spans.map { span in
      let text = String(
        decoding: prompt.bytes[span.outputRange.start..<span.outputRange.end], as: UTF8.self)
      let range = "\(span.sourceRange.start)..<\(span.sourceRange.end)"
      return "\(prompt.sources[span.source])[\(range)]\(span.isVerbatim ? "=" : "~")\(text)"
    }
  }

  private static let context = #"{"a": " hello ", "b": "wörld", "l": ["x", {"k": "y\n"}]}"#

  @Test(arguments: [
    ("<{{ a }}>", ["a[0..<7]= hello "]),
    ("{{ 'a' }}{{ 1 }}{{ true }}", []),
    ("{{ a + '-' + b }}", ["a[0..<7]= hello ", "b[0..<6]=wörld"]),
    ("{% set s = a + '-' + b %}{{ s }}", ["a[0..<7]= hello ", "b[0..<6]=wörld"]),
    ("{{ a[:3] + a[3:] + b }}", ["a[0..<7]= hello ", "b[0..<6]=wörld"]),
    ("{{ a ~ b }}", ["a[0..<7]= hello ", "b[0..<6]=wörld"]),
    ("{{ a | trim }}", ["a[1..<6]=hello"]),
    ("{{ a.strip() }}", ["a[1..<6]=hello"]),
    ("{{ b[1:3] }}", ["b[1..<4]=ör"]),
    ("{{ b[0] }}{{ b[1] }}", ["b[0..<3]=wö"]),
    ("{{ b[::-1] }}", ["b[5..<6]=d", "b[4..<5]=l", "b[3..<4]=r", "b[1..<3]=ö", "b[0..<1]=w"]),
    ("{{ a.split('l') | join('_') }}", ["a[0..<3]= he", "a[5..<7]=o "]),
    ("{{ a.split('l')[0] }}", ["a[0..<3]= he"]),
    ("{{ a.replace('ll', 'LL') }}", ["a[0..<3]= he", "a[5..<7]=o "]),
    ("{{ 'x-y'.replace('-', b) }}", ["b[0..<6]=wörld"]),
    ("{{ [a, b] | join }}", ["a[0..<7]= hello ", "b[0..<6]=wörld"]),
    ("{{ b | upper }}", ["b[0..<6]~WÖRLD"]),
    ("{{ (b ~ '!') | title }}", ["b[0..<1]~W", "b[1..<6]=örld"]),
    ("{{ b | lower }}", ["b[0..<6]=wörld"]),
    ("{{ a | indent(1, true) }}", ["a[0..<7]= hello "]),
    ("{{ l | tojson }}", ["l[0][0..<1]=x", "l[1].k[0..<2]~y\\n"]),
    ("{{ l }}", ["l[0][0..<1]=x", "l[1].k[0..<2]~y\\n"]),
    ("{{ b | tojson(ensure_ascii=true) }}", ["b[0..<6]~w\\u00f6rld"]),
    ("{% set x %}[{{ b }}]{% endset %}{{ x }}", ["b[0..<6]=wörld"]),
    ("{% macro m(t) %}<{{ t }}>{% endmacro %}{{ m(b) | trim('<') }}", ["b[0..<6]=wörld"]),
    ("{% filter trim %} {{ b }} {% endfilter %}", ["b[0..<6]=wörld"]),
    ("{% for c in l %}{{ c.k | default('') }}{% endfor %}", ["l[1].k[0..<2]=y\n"]),
    ("{{ '%s!' | format(b) }}", ["b[0..<6]=wörld"]),
    ("{{ '{}!'.format(b) }}", ["b[0..<6]=wörld"]),
    ("{{ b | escape }}{{ '<' ~ a | e }}", ["b[0..<6]=wörld", "a[0..<7]= hello "]),
    ("{{ a | length }}{{ a == b }}{{ a in b }}", []),
    ("{{ a[7:] }}", []),
  ])
  func spansFollowWhatTemplatesDo(template: String, expected: [String]) throws {
    #expect(try spans(template, Self.context) == expected)
  }

  @Test func sourcesAreAllStringsInOrder() throws {
    let request = TemplateRequest(
      messages: [
        JSONNode(.object(["role": .string("user"), "content": .string("Hi")])),
        JSONNode(.object(["content": .array(of: [.object(["text": .string("x")])])])),
      ],
      tools: JSONNode(.array(of: [.object(["name": .string("f"), "n": .integer(1)])])),
      keywordArguments: [JSONMember("style", JSONNode(.string("s")))],
      specialTokens: [JSONMember("bos_token", JSONNode(.string("<s>")))])
    let template = try ChatTemplate(
      source: "{{ bos_token }}{{ style }}{{ messages[0].content }}", name: "test")
    let prompt = try template.render(request)
    #expect(
      prompt.sources == [
        "messages[0].role", "messages[0].content", "messages[1].content[0].text",
        "tools[0].name", "keyword_arguments.style",
      ])
    #expect(
      prompt.spans == [
        RenderedSpan(
          source: 4, sourceRange: ByteRange(0, 1), outputRange: ByteRange(3, 4), isVerbatim: true),
        RenderedSpan(
          source: 1, sourceRange: ByteRange(0, 2), outputRange: ByteRange(4, 6), isVerbatim: true),
      ])
  }

  @Test func copiedReasoningKeepsItsSource() throws {
    let message = JSONNode(.object(["reasoning_content": .string("why")]))
    let template = try ChatTemplate(source: "{{ messages[0].thinking }}", name: "test")
    let prompt = try template.render(TemplateRequest(messages: [message]))
    #expect(prompt.sources == ["messages[0].reasoning_content"])
    #expect(prompt.spans.map(\.sourceRange) == [ByteRange(0, 3)])
  }
}
