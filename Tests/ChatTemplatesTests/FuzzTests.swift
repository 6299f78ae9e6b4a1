import Bytes
import ChatTemplates
import OrderedJSON
import Testing

/// Whatever the text of a template is, compiling and rendering it ends, with a prompt or an error,
/// and the spans of the prompt tell the truth.
@Suite struct FuzzTests {
  private static let seeds = [
    "{% for m in messages %}{{ m.role ~ ': ' ~ m.content | trim }}{% endfor %}",
    "{% macro f(a, b=1) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}{% call f(2) %}x{% endcall %}",
    "{% set n = namespace(x=0) %}{% for i in range(9) if i % 2 %}{% set n.x = n.x + i %}"
      + "{% endfor %}{{ n.x }}{{ messages[::-1][0].content[1:-1] }}",
    "{{ messages | map(attribute='content') | join(', ') | replace('e', 'E') | tojson(indent=2) }}",
    "{% if a is defined and b not in [1, 'x'] or -c ** 2 > 3.5e1 %}{{- 1 -}}{% else %}2{% endif %}",
    "{{ '%s %d' % (messages[0].content, 3) }}{{ '{:>9}'.format(messages[1].content.upper()) }}",
    "{% set x | upper %}{{ messages | tojson }}{% endset %}{{ x.split('\"')[3:7] | list | sort }}",
  ]

  private static let pieces = [
    "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "(", ")", "[", "]", "{", "}", "'", "\"", "|",
    ".", ",", ":", "=", "==", "<", "~", "*", "**", "//", "%", " ", "\n", "if ", "for ", "in ",
    "set ", "else", "endif", "endfor", "macro m()", "endmacro", "is ", "not ", "loop", "x",
    "messages",
    "1", "0", "9223372036854775807", "1e400", "é", "\u{3000}", "\\", "| list", "| tojson",
    "| join", "| first", ".split()", "[::-1]", "[-1:0:-3]", " * 3", "range(3)", "none",
  ]

  private static let messages: [JSONNode] = [
    JSONNode(.object(["role": .string("system"), "content": .string("Be \"kind\"\n")])),
    JSONNode(.object(["role": .string("user"), "content": .string("  héllo\u{85} wörld ")])),
    JSONNode(.object(["role": .string("assistant"), "content": .string("<think>a</think>b")])),
    JSONNode(.object(["role": .string("tool"), "content": .array(of: [.integer(1), .null])])),
  ]

  private func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let place = Int.random(in: 0...result.count, using: &generator)
      let end = min(place + Int.random(in: 0...8, using: &generator), result.count)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: result.removeSubrange(place..<end)
      case 1: result.insert(contentsOf: result[place..<end], at: place)
      case 2:
        let piece = Self.pieces.randomElement(using: &generator) ?? ""
        result.replaceSubrange(place..<end, with: piece.utf8)
      default: result.insert(.random(in: 0...255, using: &generator), at: place)
      }
    }
    return result
  }

  private func check(_ source: [UInt8]) {
    let limits = RenderLimits(steps: 20_000, textBytes: 1 << 16)
    let request = TemplateRequest(
      messages: Self.messages, tools: JSONNode(.array(of: [.object(["name": .string("f")])])),
      addGenerationPrompt: true)
    guard
      let template = try? ChatTemplate(source: ByteString(source), name: "fuzz", limits: limits),
      let prompt = try? template.render(request)
    else { return }
    var end = 0
    for span in prompt.spans {
      #expect(span.outputRange.start >= end && !span.outputRange.isEmpty)
      #expect(span.outputRange.end <= prompt.bytes.count)
      #expect(prompt.sources.indices.contains(span.source))
      if span.isVerbatim { #expect(span.sourceRange.count == span.outputRange.count) }
      end = span.outputRange.end
    }
  }

  @Test func mutationsOfSmallTemplates() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<3_000 {
      check(mutate(Array((Self.seeds.randomElement(using: &generator) ?? "").utf8), &generator))
    }
  }

  @Test func mutationsOfARealTemplate() throws {
    let source = try packageFile("templates/qwen3.jinja").bytes
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<300 { check(mutate(source, &generator)) }
  }

  @Test func randomPieces() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<3_000 {
      let count = Int.random(in: 1...30, using: &generator)
      let text = (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }
      check(Array(text.joined().utf8))
      check(Array("{{ \(text.joined()) }}".utf8))
    }
  }
}
