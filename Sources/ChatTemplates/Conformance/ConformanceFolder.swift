internal import Bytes
package import OrderedJSON

/// A folder of chat templates, requests, and what the reference implementation makes of each pair:
///
/// * `manifest.json`: an array of `{id, file, special_tokens}`, the files being in `templates/`;
/// * `cases.json`: an array of `{id, request}`, the requests as `TemplateRequest(json:)` takes them;
/// * `expected.jsonl`: a line `{template, case, ok, text}` for each pair, or, where `ok` is false,
///   `{template, case, ok, kind, message}`;
/// * `catalogue.jsonl`, if it is there: the same with `model`, the name of a model, for `template`;
/// * `micro.json`, if it is there: `{context, now, tests: [{id, template, ok, text}]}`.
struct ConformanceFolder {
  typealias Request = Result<TemplateRequest, TemplateRequestError>

  let path: String
  /// The clock of all renderings.
  let clock: TemplateClock
  /// The requests by id.
  let requests: [ByteString: Request]
  private let files: [ByteString: (file: ByteString, specialTokens: [JSONMember])]
  /// The variables and the tests of `micro.json`; nil if there is no such file.
  let micro: (context: [JSONMember], tests: [JSONNode])?

  /// Where a folder names no time: the one that the reference data was made at.
  private static let defaultClock = TemplateClock(
    year: 2025, month: 3, day: 5, hour: 7, minute: 8, second: 9)

  /// Reads all but the expected texts, which may be many.
  init(path: String) throws(ConformanceError) {
    self.path = path
    guard Files.exists(path + "/expected.jsonl") else {
      throw ConformanceError(file: path + "/expected.jsonl", message: "there is no such file")
    }
    let micro = Files.exists(path + "/micro.json") ? try Self.json(path + "/micro.json") : nil
    self.micro = micro.map { ($0["context"]?.members ?? [], $0["tests"]?.elements ?? []) }
    clock = micro?["now"]?.string.flatMap { TemplateClock($0) } ?? Self.defaultClock
    var files: [ByteString: (ByteString, [JSONMember])] = [:]
    for entry in try Self.entries(of: path + "/manifest.json") {
      guard let id = entry["id"]?.string, let file = entry["file"]?.string else {
        throw ConformanceError(
          file: path + "/manifest.json", message: "an entry has no \"id\" and \"file\"")
      }
      files[id] = (file, entry["special_tokens"]?.members ?? [])
    }
    self.files = files
    var requests: [ByteString: Request] = [:]
    for entry in try Self.entries(of: path + "/cases.json") {
      guard let id = entry["id"]?.string, let json = entry["request"] else {
        throw ConformanceError(
          file: path + "/cases.json", message: "an entry has no \"id\" and \"request\"")
      }
      requests[id] = Request { () throws(TemplateRequestError) in try TemplateRequest(json: json) }
    }
    self.requests = requests
  }

  /// Compiles the template called `id`.
  func template(_ id: ByteString) -> ConformanceSubject {
    guard let entry = files[id] else {
      return ConformanceSubject(fault: "manifest.json has no such template")
    }
    guard Paths.leadsDown(entry.file.string) else {
      return ConformanceSubject(fault: "the file \(entry.file) is not in templates/")
    }
    let source: [UInt8]
    do {
      source = try Files.read("\(path)/templates/\(entry.file)")
    } catch {
      return ConformanceSubject(fault: error.description)
    }
    return ConformanceSubject(specialTokens: entry.specialTokens) { () throws(TemplateError) in
      try ChatTemplate(source: ByteString(source), name: entry.file.string)
    }
  }

  private static func entries(of path: String) throws(ConformanceError) -> [JSONNode] {
    guard let entries = try json(path).elements else {
      throw ConformanceError(file: path, message: "not an array")
    }
    return entries
  }

  private static func json(_ path: String) throws(ConformanceError) -> JSONNode {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path)
    } catch {
      throw ConformanceError(file: path, message: error.reason)
    }
    do {
      return try JSONParser.parse(bytes)
    } catch {
      throw ConformanceError(file: path, message: error.description)
    }
  }
}

/// A folder of reference renderings that cannot be read.
package struct ConformanceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  package let file: String
  /// What is wrong with it.
  package let message: String

  /// File and message, on one line.
  package var description: String { "\(file): error: \(message)" }
}

/// A template that is compared with the reference, or why there is none.
package struct ConformanceSubject: Sendable {
  let template: Result<ChatTemplate, Fault>
  let specialTokens: [JSONMember]

  /// Why a template cannot be rendered.
  enum Fault: Error {
    /// It is no template; the reference may say so too.
    case refused(TemplateError)
    /// It is not there, or cannot be read.
    case missing(String)
  }

  /// Compiles a template.
  package init(
    specialTokens: [JSONMember], compile: () throws(TemplateError) -> ChatTemplate
  ) {
    self.specialTokens = specialTokens
    template = Result(catching: compile).mapError { .refused($0) }
  }

  /// Stands for a template that cannot be had.
  package init(fault: String) {
    specialTokens = []
    template = .failure(.missing(fault))
  }
}
