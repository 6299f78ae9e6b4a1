public import Bytes
internal import OrderedJSON

/// What hosted services cache, each as of a date.
public struct CacheServiceList: Sendable {
  /// The services, in the order of the file.
  public var services: [CacheService]

  /// Reads a list.
  ///
  /// - Parameter name: the file's name for messages.
  /// - Throws: `CompilationError` with everything that is wrong with it.
  public init(_ bytes: [UInt8], name: String) throws(CompilationError) {
    let source = SourceText(name: name, bytes: bytes)
    let node = try source.json()
    var reader = CacheServiceReader(source: source)
    services = reader.read(node)
    guard reader.faults.isEmpty else { throw reader.error }
  }

  /// Reads the file at `path`, or the list that ships with cpc.
  ///
  /// - Throws: `CompilationError` if it cannot be read or used.
  public init(path: String? = nil) throws(CompilationError) {
    let source = try DatedFile.read(path, orOurs: "caches.json")
    try self.init(source.bytes, name: source.name)
  }

  /// What the service called `name` does for a model: the first entry that holds for it; nil if there is none.
  public func service(named name: ByteString, for model: ByteString) -> CacheService? {
    services.first { $0.name == name && $0.holds(for: model) }
  }
}

/// Turns a parsed list into values and notes every fault on the way.
private struct CacheServiceReader: FieldReader {
  let source: SourceText
  var faults: [(offset: Int, message: String)] = []
  private static let limit = 1...Int(Int32.max)

  init(source: SourceText) {
    self.source = source
  }

  mutating func read(_ node: JSONNode) -> [CacheService] {
    guard isFile(node, "the list of services", ["services"]) else { return [] }
    return (node["services"].flatMap { array($0, "\"services\"") } ?? []).compactMap {
      service($0)
    }
  }

  private mutating func service(_ node: JSONNode) -> CacheService? {
    let keys = [
      "name", "models_from", "marks", "breakpoints", "look_back_blocks", "look_back_breakpoints",
      "minimum_tokens", "step_tokens", "read", "lifetimes", "date", "source",
    ]
    guard object(node, "a service", keys: keys) != nil else { return nil }
    guard let name = node["name"].flatMap({ string($0, "\"name\"") }),
      let minimum = number(node, "minimum_tokens"),
      let date = node["date"].flatMap({ string($0, "\"date\"") })
    else {
      fault(at: node.offset, "a service needs \"name\", \"minimum_tokens\" and \"date\"")
      return nil
    }
    return CacheService(
      name: name, firstModel: node["models_from"].flatMap { string($0, "\"models_from\"") },
      marks: node["marks"].flatMap { choice($0, "\"marks\"", CacheService.Marks.self) },
      breakpoints: number(node, "breakpoints"),
      lookBackBlocks: number(node, "look_back_blocks"), minimumTokens: minimum,
      read: node["read"].flatMap { double($0, "\"read\"") },
      lifetimes: (node["lifetimes"].flatMap { array($0, "\"lifetimes\"") } ?? []).compactMap {
        lifetime($0)
      }, date: date)
  }

  private mutating func lifetime(_ node: JSONNode) -> CacheService.Lifetime? {
    guard object(node, "a lifetime", keys: ["ttl", "seconds", "write"]) != nil else { return nil }
    guard let seconds = number(node, "seconds"),
      let write = node["write"].flatMap({ double($0, "\"write\"") })
    else {
      fault(at: node.offset, "a lifetime needs \"seconds\" and \"write\"")
      return nil
    }
    return CacheService.Lifetime(
      ttl: node["ttl"].flatMap { string($0, "\"ttl\"") }, seconds: seconds, write: write)
  }

  private mutating func number(_ node: JSONNode, _ key: ByteString) -> Int? {
    node[key].flatMap { integer($0, "\"\(key)\"", in: Self.limit) }
  }
}
