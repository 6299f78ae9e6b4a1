import Bytes
import OrderedJSON
import PromptCompilation

/// A folder with the blocks of a workload, `corpus.jsonl`, and requests that name them, `requests.jsonl` or
/// `public.jsonl`; each may be packed with gzip and then ends in `.gz`.
///
/// A request has the blocks that it names, best first; one of a session with turns has those of the
/// session's earlier turns before them, in the order of their first use. Where the ids of all requests are
/// one word with numbers, as `word-7`, the numbers are the order in which they are sent.
struct BatchWorkload: BatchSource {
  private let requests: String
  private let texts: [ByteString: ByteString]
  private let top: Int

  var name: String { requests }

  /// Reads the corpus.
  ///
  /// - Parameter top: how many of the blocks that a request names are taken, the best ones.
  init(folder: String, top: Int?) throws {
    let corpus = try Self.file(in: folder, ["corpus"])
    requests = try Self.file(in: folder, ["requests", "public"])
    self.top = top ?? .max
    var texts: [ByteString: ByteString] = [:]
    try Files.forEachUnpackedLine(of: corpus) { line, bytes in
      let source = SourceText(name: corpus, bytes: Array(bytes), firstLine: line)
      let node = try BatchJSON.parse(source)
      guard let id = node["id"]?.string, let text = node["text"]?.string else {
        throw BatchJSON.fault("a block needs an \"id\" and a \"text\"", at: node.offset, source)
      }
      guard texts.updateValue(text, forKey: id) == nil else {
        throw BatchJSON.fault("block \"\(id)\" stands twice", at: node.offset, source)
      }
    }
    self.texts = texts
  }

  private static func file(in folder: String, _ names: [String]) throws(FileError) -> String {
    let candidates = names.flatMap { ["\($0).jsonl", "\($0).jsonl.gz"] }
    for name in candidates where Files.exists("\(folder)/\(name)") { return "\(folder)/\(name)" }
    throw FileError(
      path: folder, reason: "is no workload: there is no \(candidates.joined(separator: " or "))")
  }

  func forEachRequest(
    from start: Int, progress: (Double) -> Void, _ body: (BatchRequest) throws -> Void
  ) throws -> Int {
    var end = start
    var found: [Request] = []
    var failures: [BatchRequest] = []
    try Files.forEachUnpackedLine(of: requests) { line, bytes in
      end = start + line
      let source = SourceText(name: requests, bytes: Array(bytes), firstLine: line)
      do throws(CompilationError) {
        found.append(try Request(source, line: line))
      } catch {
        failures.append(
          BatchRequest(
            number: start + line - 1, id: nil, file: requests, line: line, spec: .failure(error)))
      }
    }
    var sessions: [ByteString: [ByteString]] = [:]
    for failure in failures { try body(failure) }
    for (place, request) in Self.sorted(found).enumerated() {
      progress(Double(place) / Double(found.count))
      let spec = spec(of: request, &sessions)
      try body(
        BatchRequest(
          number: start + request.line - 1, id: request.id, file: requests, line: request.line,
          spec: spec))
    }
    return end
  }

  private func spec(
    of request: Request, _ sessions: inout [ByteString: [ByteString]]
  ) -> Result<Spec, CompilationError> {
    var names = sessions[request.session] ?? []
    var known = Set(names)
    for name in request.blocks.prefix(top) where known.insert(name).inserted { names.append(name) }
    sessions[request.session] = names
    var blocks: [Block] = []
    for name in names {
      guard let text = texts[name] else {
        return .failure(
          CompilationError(file: requests, message: "the corpus has no block \"\(name)\""))
      }
      blocks.append(Block(id: name, text: text))
    }
    var spec = Spec(system: request.system, blocks: blocks, query: request.query)
    spec.source = SourceText(name: requests, bytes: [], firstLine: request.line)
    return .success(spec)
  }

  private static func sorted(_ requests: [Request]) -> [Request] {
    let words = Set(requests.map(\.word))
    guard words.count == 1, !words.contains(nil) else { return requests }
    return requests.sorted { ($0.order ?? 0, $0.line) < ($1.order ?? 0, $1.line) }
  }
}

/// A request as it stands in a workload.
private struct Request {
  let line: Int
  let id: ByteString?
  let session: ByteString
  let system: ByteString?
  let blocks: [ByteString]
  let query: ByteString?

  init(_ source: SourceText, line: Int) throws(CompilationError) {
    var node = try BatchJSON.parse(source)
    self.line = line
    let id = try BatchJSON.removeID(from: &node, source)
    self.id = id
    session = node["session"]?.string ?? ByteString("\(line)")
    system = node["system"]?.string
    query = node["query"]?.string
    var blocks: [ByteString] = []
    for element in node["blocks"]?.elements ?? [] {
      guard let name = element["id"]?.string else {
        throw BatchJSON.fault("a block of a request needs an \"id\"", at: element.offset, source)
      }
      blocks.append(name)
    }
    self.blocks = blocks
  }

  /// The word of an id `word-7`.
  var word: ByteString? {
    order == nil ? nil : id.map { ByteString($0.bytes.prefix($0.count - digits.count)) }
  }

  /// The number of an id `word-7`.
  var order: Int? {
    guard let id, id.bytes.dropLast(digits.count).last == UInt8(ascii: "-") else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private var digits: ArraySlice<UInt8> {
    let bytes = id?.bytes ?? []
    let count = bytes.reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    return bytes.suffix(count)
  }
}
