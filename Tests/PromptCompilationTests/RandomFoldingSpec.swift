import Bytes
import Deduplication
import OrderedJSON
import PromptCompilation
import TestSupport
import TextProcessing

/// Random specs whose blocks and tool results say the same things again and again.
struct RandomFoldingSpec {
  static let sentences = [
    "This agreement begins on the day of signature and runs for two whole years from then on.",
    "Either party may end it with a notice of three months, in writing, and without giving reasons.",
    "The client pays each invoice within thirty days of its date, or eight percent a year besides.",
    "Der Vertrag verlängert sich jeweils um ein Jahr, wenn er nicht vorher schriftlich gekündigt wird.",
    "本協議自簽署之日起生效，有效期兩年，任何一方均可提前三個月書面通知終止本協議，無需說明理由。",
    "The quick brown fox, who had seen better days, jumps over the lazy dog while it rains in Spain.",
    "    let value = try reader.read(from: offset, count: min(limit, bytes.count - offset)) ?? [];",
  ]
  private static let separators = [" ", " ", "\n", "\n\n", "\r\n", "  ", "\t"]
  private static let lookalikes = [
    "[same as doc a]", "[\\same as doc b]", "[same as doc a from \"x\" to \"y\"]", "‹wie doc a›",
    "[same as ", "[", "12: ", "   7\t", "1. ",
  ]
  private static let labels = [
    "a", "b", "c d", "a\"b", "[a]", "a]", "x from \"y\" to \"z", "q, 12 lines", "é", "{source}",
    "契約", "\\", "same as",
  ]
  private static let german = try? ReferenceWording(
    whole: "‹wie {source}›", part: "‹wie {source} von »{first}« bis »{last}«›",
    lines: "‹wie {source}, {lines} Zeilen von »{first}« bis »{last}«›")
  private static let plain = try? ReferenceWording(
    whole: "<as in {source}>", part: "<as in {source} between '{first}' and '{last}'>",
    lines: "<as in {source}: {lines} lines between '{first}' and '{last}'>")

  private var generator: SeededGenerator
  private let comparison: TextComparison

  init(seed: UInt64, comparison: TextComparison = .exact) {
    generator = SeededGenerator(seed: seed)
    self.comparison = comparison
  }

  mutating func spec() throws -> Spec {
    var spec = Spec(query: "What holds?")
    if Bool.random(using: &generator) { spec.system = Content(text: "Answer.") }
    if Bool.random(using: &generator) {
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        spec.conversation.append(Message(role: "user", text: ByteString(text())))
        spec.conversation.append(Message(role: "assistant", text: "Yes."))
        if Bool.random(using: &generator) { spec.conversation += try toolMessages() }
      }
    }
    spec.blocks = blocks(Int.random(in: 0...7, using: &generator), prefix: "")
    spec.slot = [nil, .user, .firstUser].randomElement(using: &generator) ?? nil
    spec.policy.order = .allCases.randomElement(using: &generator) ?? .given
    spec.policy.controlTokens = .escape
    if comparison != .exact || Bool.random(using: &generator) { spec.policy.normalization = .off }
    var policy = spec.policy.deduplication
    policy.unifiesBlocks = Bool.random(using: &generator)
    policy.foldsToolResults = Int.random(in: 0..<4, using: &generator) > 0
    policy.folding.level = .allCases.randomElement(using: &generator) ?? .sentence
    policy.folding.comparison = comparison
    policy.folding.minimumTokens = [1, 8, 24].randomElement(using: &generator) ?? 24
    policy.folding.minimumSaving = [1, 12].randomElement(using: &generator) ?? 12
    let wordings = [.standard, .standard, Self.german, Self.plain].compactMap(\.self)
    policy.wording = wordings.randomElement(using: &generator) ?? .standard
    spec.policy.deduplication = policy
    return spec
  }

  mutating func blocks(_ count: Int, prefix: String) -> [Block] {
    let labels = Self.labels.shuffled(using: &generator)
    return (0..<count).map { index in
      var block = Block(text: ByteString(text()))
      if Int.random(in: 0..<4, using: &generator) > 0 {
        block.id = ByteString(prefix + labels[index % labels.count])
      }
      return block
    }
  }

  /// A call of a tool and its result.
  mutating func toolMessages() throws -> [Message] {
    let calls = try JSONParser.parse(
      Array(
        #"[{"id":"c","type":"function","function":{"name":"read","arguments":"{}"}}]"#.utf8))
    let content: Content? =
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: nil
      case 1: Content(parts: [.text(ByteString(text())), .text(ByteString(text()))])
      default: Content(text: ByteString(text()))
      }
    return [
      Message(role: "assistant", content: nil, members: [JSONMember("tool_calls", calls)]),
      Message(role: "tool", content: content),
    ]
  }

  /// Sentences, now and then with a number of a line or what looks like a reference before them.
  private mutating func text() -> String {
    var text = ""
    let hasNumbers = comparison == .lineNumbers && Bool.random(using: &generator)
    for line in 0..<Int.random(in: 0...9, using: &generator) {
      if hasNumbers, text.isEmpty || text.hasSuffix("\n") {
        let number = "\(line + 40)"
        text +=
          [number + ":", number + "→", "   \(number)\t", "  ", ""].randomElement(using: &generator)
          ?? ""
      }
      if Int.random(in: 0..<6, using: &generator) == 0 {
        text += Self.lookalikes.randomElement(using: &generator) ?? ""
      }
      text += Self.sentences.randomElement(using: &generator) ?? ""
      text += Self.separators.randomElement(using: &generator) ?? ""
    }
    return text
  }
}
