internal import Bytes
internal import HTTPTypes
internal import OrderedJSON

/// The body of a request to one of ContextPilot's endpoints.
struct ContextPilotRequest {
  private let root: JSONNode
  /// How many values may be ids of documents and the lists that these stand in.
  private static let idLimit = 2_500_000

  /// Reads a body; an empty one is an object without members.
  ///
  /// - Throws: `ContextPilotError` if it is no JSON object.
  init(_ bytes: [UInt8]) throws(ContextPilotError) {
    guard !bytes.isEmpty else {
      root = JSONNode(.object([JSONMember]()))
      return
    }
    do throws(TooManyValues) {
      try BodyExtent.check(bytes, more: Self.idLimit)
    } catch {
      throw ContextPilotError("\(error)", status: .contentTooLarge)
    }
    do throws(JSONSyntaxError) {
      root = try JSONParser.parse(bytes, loneSurrogates: .replaced)
    } catch {
      throw ContextPilotError("the body is no JSON: byte \(error.offset): \(error.message)")
    }
    guard root.members != nil else { throw ContextPilotError("the body is no JSON object") }
  }

  /// The lists of documents in `contexts`.
  ///
  /// - Parameters:
  ///   - limit: the most documents of all contexts.
  func contexts(atMost limit: Int) throws(ContextPilotError) -> [DocumentContext] {
    guard let lists = root["contexts"]?.elements else {
      throw ContextPilotError("contexts: a list of lists of documents is missing")
    }
    let tokens = try integer("initial_tokens_per_context") ?? 0
    var contexts: [DocumentContext] = []
    var count = 0
    for (number, list) in lists.enumerated() {
      let context = try self.context(list, "contexts[\(number)]", tokens)
      count += context.documents.count
      guard count <= limit else {
        throw ContextPilotError("contexts: more than \(limit) documents", status: .contentTooLarge)
      }
      contexts.append(context)
    }
    let kinds = Set(contexts.flatMap(\.documents).map(\.isText))
    guard kinds.count <= 1 else {
      throw ContextPilotError("contexts: some documents are texts and some are ids")
    }
    return contexts
  }

  /// The documents of `context`.
  func context(atMost limit: Int) throws(ContextPilotError) -> DocumentContext {
    guard let list = root["context"] else {
      throw ContextPilotError("context: a list of documents is missing")
    }
    let context = try context(list, "context", try integer("total_tokens") ?? 0)
    guard context.documents.count <= limit else {
      throw ContextPilotError("context: more than \(limit) documents", status: .contentTooLarge)
    }
    return context
  }

  private func context(
    _ node: JSONNode, _ name: String, _ tokens: Int
  ) throws(ContextPilotError) -> DocumentContext {
    guard let elements = node.elements else {
      throw ContextPilotError("\(name): a list of documents, not \(node.value.kind)")
    }
    var documents: [ContextDocument] = []
    for (place, element) in elements.enumerated() {
      guard let document = ContextDocument(element) else {
        throw ContextPilotError(
          "\(name)[\(place)]: a document is a string or an integer, not \(element.value.kind)")
      }
      documents.append(document)
    }
    return DocumentContext(
      documents: documents, tokensPerID: max(tokens / max(documents.count, 1), 1))
  }

  /// The strings of a list; nil where it is missing.
  func strings(_ key: ByteString) throws(ContextPilotError) -> [ByteString]? {
    guard let list = try optionalStrings(key) else { return nil }
    let strings = list.compactMap(\.self)
    guard strings.count == list.count else {
      throw ContextPilotError("\(key): a list of strings")
    }
    return strings
  }

  /// The strings of a list in which `null` may stand; nil where it is missing.
  func optionalStrings(_ key: ByteString) throws(ContextPilotError) -> [ByteString?]? {
    guard let node = root[key], !node.isNull else { return nil }
    guard let elements = node.elements,
      elements.allSatisfy({ $0.isNull || $0.string != nil })
    else { throw ContextPilotError("\(key): a list of strings") }
    return elements.map(\.string)
  }

  /// The numbers of a list; empty where it is missing.
  func numbers(_ key: ByteString) throws(ContextPilotError) -> [UInt32] {
    guard let node = root[key], !node.isNull else { return [] }
    var numbers: [UInt32] = []
    for element in node.elements ?? [] {
      guard case .number(let number) = element.value, let value = number.integer,
        let value = UInt32(exactly: value)
      else { throw ContextPilotError("\(key): a list of numbers of nodes") }
      numbers.append(value)
    }
    guard node.elements != nil else {
      throw ContextPilotError("\(key): a list of numbers of nodes")
    }
    return numbers
  }

  func integer(_ key: ByteString) throws(ContextPilotError) -> Int? {
    guard let node = root[key], !node.isNull else { return nil }
    guard case .number(let number) = node.value, let value = number.integer else {
      throw ContextPilotError("\(key): an integer")
    }
    return value
  }

  func bool(_ key: ByteString, default value: Bool) throws(ContextPilotError) -> Bool {
    guard let node = root[key], !node.isNull else { return value }
    guard let flag = node.bool else { throw ContextPilotError("\(key): true or false") }
    return flag
  }

  func string(_ key: ByteString) throws(ContextPilotError) -> ByteString? {
    guard let node = root[key], !node.isNull else { return nil }
    guard let text = node.string else { throw ContextPilotError("\(key): a string") }
    return text
  }
}

/// Why a request to one of ContextPilot's endpoints is not answered as asked.
struct ContextPilotError: Error {
  let message: String
  let status: HTTPResponse.Status

  init(_ message: String, status: HTTPResponse.Status = .badRequest) {
    self.message = message
    self.status = status
  }

  /// The body, in the form that FastAPI gives errors.
  var json: JSONValue {
    .object(["status": .string("error"), "detail": .string(ByteString(message))])
  }
}
