import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation

/// The forms in which `cpc batch` writes its lines.
enum BatchFormat: String, CaseIterable, ExpressibleByArgument {
  case openai
  case openaiBatch = "openai-batch"
  case anthropic
  case text
  case tokens

  /// The names, for help.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The name of the member that holds a prompt.
  private var contentKey: String {
    switch self {
    case .openai, .anthropic: "body"
    case .openaiBatch: "method"
    case .text: "text"
    case .tokens: "tokens"
    }
  }

  /// Whether there is a line for a request of which there is no prompt.
  var hasErrorLines: Bool { self != .openaiBatch }

  /// What a line of this form says of its request.
  func stamp(number: Int, id: ByteString?, isError: Bool = false) -> BatchLineStamp {
    if self == .openaiBatch {
      return BatchLineStamp(number: nil, id: Self.customID(number, id), key: "method")
    }
    return BatchLineStamp(
      number: number, id: id, key: ByteString(isError ? "error" : contentKey))
  }

  /// The line of a prompt, with its newline.
  func line(_ result: BatchPrompt, id: ByteString?) throws(CompilationError) -> [UInt8] {
    var bytes: [UInt8] = []
    if self == .openaiBatch {
      bytes += Array("{\"custom_id\":".utf8)
      JSONWriter.appendQuoted(Self.customID(result.number, id).bytes, to: &bytes)
      bytes += Array(",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":".utf8)
    } else {
      bytes = Self.opening(result.number, id)
      bytes += Array(",\"orig_tokens\":\(result.plainTokenCount),\"\(contentKey)\":".utf8)
    }
    switch self {
    case .openai, .openaiBatch: bytes += try result.prompt.emit(.openai)
    case .anthropic: bytes += try result.prompt.emit(.anthropic)
    case .text: JSONWriter.appendQuoted(result.prompt.text, to: &bytes)
    case .tokens:
      var writer = JSONWriter()
      writer.write(tokens: result.prompt.tokens)
      bytes += writer.bytes
    }
    if self != .openaiBatch, let fit = result.prompt.fit {
      Self.append("dropped", fit.dropped.map(\.label), to: &bytes)
      Self.append("truncated", fit.truncated.map(\.label), to: &bytes)
    }
    return bytes + Array("}\n".utf8)
  }

  /// Appends a member that lists labels, if there are any.
  private static func append(_ key: String, _ labels: [ByteString], to bytes: inout [UInt8]) {
    guard !labels.isEmpty else { return }
    bytes += Array(",\"\(key)\":".utf8)
    bytes += JSONWriter.write(.array(of: labels.map { .string($0) }))
  }

  /// The line that says why there is no prompt, with its newline.
  func line(_ error: CompilationError, number: Int, id: ByteString?) -> [UInt8] {
    var bytes = Self.opening(number, id) + Array(",\"error\":".utf8)
    JSONWriter.appendQuoted(Array(error.description.utf8), to: &bytes)
    return bytes + Array("}\n".utf8)
  }

  private static func opening(_ number: Int, _ id: ByteString?) -> [UInt8] {
    var bytes = Array("{\"index\":\(number)".utf8)
    if let id {
      bytes += Array(",\"id\":".utf8)
      JSONWriter.appendQuoted(id.bytes, to: &bytes)
    }
    return bytes
  }

  private static func customID(_ number: Int, _ id: ByteString?) -> ByteString {
    id ?? ByteString("request-\(number)")
  }
}

/// What the beginning of a line says: of which request it is, and what it holds.
struct BatchLineStamp: Hashable {
  var number: Int?
  var id: ByteString?
  var key: ByteString

  /// The most bytes of a line that are looked at.
  static let length = 4096

  init(number: Int?, id: ByteString?, key: ByteString) {
    self.number = number
    self.id = id
    self.key = key
  }

  /// Reads the beginning of a line; nil if it is none of ours.
  init?(_ line: [UInt8]) {
    self.init(number: nil, id: nil, key: "")
    var rest = line[...]
    guard rest.popFirst() == UInt8(ascii: "{") else { return nil }
    while let name = Self.string(&rest), rest.popFirst() == UInt8(ascii: ":") {
      switch name {
      case "index": number = Self.digits(&rest)
      case "orig_tokens": guard Self.digits(&rest) != nil else { return nil }
      case "id", "custom_id":
        guard let value = Self.string(&rest) else { return nil }
        id = value
      default:
        key = name
        return
      }
      guard rest.popFirst() == UInt8(ascii: ",") else { return nil }
    }
    return nil
  }

  private static func digits(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
    rest = rest.dropFirst(digits.count)
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private static func string(_ rest: inout ArraySlice<UInt8>) -> ByteString? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    var end = rest.startIndex + 1
    while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") {
      end += rest[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < rest.endIndex else { return nil }
    let spelled = rest[rest.startIndex...end]
    rest = rest[(end + 1)...]
    return (try? JSONParser.parse(Array(spelled)))?.string
  }
}
