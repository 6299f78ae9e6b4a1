internal import Bytes
internal import OrderedJSON
internal import PromptCompilation

/// Compiles the blocks that a request names into its last message of the user's.
struct CompileStep: BodyStep {
  /// The most blocks of a request.
  let blockLimit: Int
  /// What is done with text that the model would read as a token of its own.
  let controlTokens: Policy.ControlTokens?

  var isOptional: Bool { false }

  func rewrite(
    _ body: [UInt8], of request: PromptRequest, in memory: TenantMemory
  ) throws -> RewrittenRequest? {
    guard let blocks = try ExplicitBlocks(body) else { return nil }
    let (spec, messages) = try blocks.spec(
      tenant: request.tenant, limit: blockLimit, controlTokens)
    let insertions: [MessageInsertion]
    countControlTokens(of: spec, memory)
    do {
      insertions = try memory.compile(spec, of: request, in: blocks.root)
    } catch {
      if error.controlTokenCount > 0 {
        memory.metrics.add(error.controlTokenCount, to: .controlTokens, "refused")
      }
      throw RewriteRefusal(message: error.description)
    }
    var edits = ByteEdits()
    edits.removeMembers(ExplicitBlocks.key, of: blocks.root, in: body)
    let places = TextPlaces(blocks.root)
    let spelling = Self.spelling(of: messages, in: body)
    for insertion in insertions {
      guard messages.indices.contains(insertion.message),
        let place = places.first(of: messages[insertion.message])
      else {
        throw RewriteRefusal(
          message: "request: error: the message of the user's that the blocks open has no text")
      }
      var literal: [UInt8] = []
      spelling.append(insertion.text.bytes, to: &literal)
      // Behind the opening quote, so that the user's own words stay as they are spelled.
      edits.replace(ByteRange(place + 1, place + 1), by: Array(literal.dropFirst().dropLast()))
    }
    return RewrittenRequest(body: edits.applied(to: body))
  }

  /// Counts the special tokens in blocks that are escaped.
  private func countControlTokens(of spec: Spec, _ memory: TenantMemory) {
    guard spec.policy.controlTokens == .escape else { return }
    let count = spec.blocks.reduce(0) { $0 + memory.escaper.count(in: $1.text) }
    if count > 0 { memory.metrics.add(count, to: .controlTokens, "escaped") }
  }

  /// How the strings of the messages are spelled.
  private static func spelling(of messages: [JSONNode], in body: [UInt8]) -> JSONStringSpelling {
    var spelling = JSONStringSpelling()
    for message in messages {
      for place in [message["content"]].compactMap(\.self) where place.string != nil {
        if let literal = JSONStringLiteral(at: place.offset, in: body) {
          spelling.learn(from: literal, in: body)
        }
      }
    }
    return spelling
  }
}

/// Where the texts stand in a body that a message of the user's can begin with.
struct TextPlaces {
  private var places: Set<Int> = []

  /// Takes the texts of the messages of a body: contents that are strings, and parts that are text. The texts of
  /// documents and of results of tools are none of them.
  init(_ root: JSONNode) {
    if let input = root["input"], input.string != nil { places.insert(input.offset) }
    for message in root["messages"]?.elements ?? root["input"]?.elements ?? [] {
      guard let content = message["content"] else { continue }
      if content.string != nil { places.insert(content.offset) }
      for part in content.elements ?? [] {
        guard ["text", "input_text"].contains(part["type"]?.string), let text = part["text"],
          text.string != nil
        else { continue }
        places.insert(text.offset)
      }
    }
  }

  /// Where the first such text of a message stands; nil if it has none.
  ///
  /// - Parameter message: a message of the body, in the form of chat completions.
  func first(of message: JSONNode) -> Int? {
    guard let content = message["content"] else { return nil }
    if content.string != nil { return places.contains(content.offset) ? content.offset : nil }
    return (content.elements ?? []).lazy.compactMap { $0["text"]?.offset }.first {
      places.contains($0)
    }
  }
}
