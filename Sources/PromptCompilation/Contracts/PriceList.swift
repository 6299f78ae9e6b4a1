public import Bytes
internal import OrderedJSON

/// What providers ask for input tokens, and what they demand of a prefix that they cache, as of a date.
public struct PriceList: Sendable {
  /// The day of the prices, as the file has it.
  public var date: ByteString
  /// The currency, such as `USD`.
  public var currency: ByteString
  /// The models, in the order of the file.
  public var entries: [Entry]

  /// What is known of a model of a provider's.
  public struct Entry: Sendable {
    /// The model's name.
    public var name: ByteString
    /// The price of a million input tokens.
    public var input: Double
    /// The price of a million input tokens that are read from the cache.
    public var cachedInput: Double
    /// The fewest tokens of a prefix that is cached; nil where it is not known.
    public var minimumTokens: Int?
    /// The most breakpoints in a request; nil where there is no limit.
    public var breakpoints: Int?

    /// What `tokens` cost more when they are not read from the cache.
    public func loss(of tokens: Int) -> Double {
      Double(tokens) * (input - cachedInput) / 1e6
    }
  }

  /// Reads a price list.
  ///
  /// - Parameter name: the file's name for messages.
  /// - Throws: `CompilationError` with everything that is wrong with it.
  public init(_ bytes: [UInt8], name: String) throws(CompilationError) {
    let source = SourceText(name: name, bytes: bytes)
    let node = try source.json()
    var reader = PriceListReader(source: source)
    self = reader.read(node)
    guard reader.faults.isEmpty else { throw reader.error }
  }

  /// Reads the file at `path`, or the list that ships with cpc.
  ///
  /// - Throws: `CompilationError` if it cannot be read or used.
  public init(path: String?) throws(CompilationError) {
    let source = try DatedFile.read(path, orOurs: "prices.json")
    try self.init(source.bytes, name: source.name)
  }

  fileprivate init() {
    date = ""
    currency = ""
    entries = []
  }

  /// The entry of the model called `name`; nil if there is none.
  public func entry(named name: ByteString) -> Entry? {
    entries.first { $0.name == name }
  }

  /// The fewest tokens of a prefix that is cached for a model as requests name it, with dashes for points and
  /// a date behind (`claude-sonnet-4-5-20250929`); nil where it is not known.
  public func minimumTokens(ofModel model: ByteString) -> Int? {
    func dashed(_ name: ByteString) -> [UInt8] {
      name.bytes.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "-") : $0 }
    }
    let wanted = dashed(model)
    let entry = entries.first { entry in
      let name = dashed(entry.name)
      guard wanted.starts(with: name) else { return false }
      let rest = wanted.dropFirst(name.count)
      // A date has eight digits, with dashes or not: `-5` is another version.
      let isDate =
        rest.first == UInt8(ascii: "-") && rest.count { (0x30...0x39).contains($0) } == 8
        && rest.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
      return rest.isEmpty || isDate || rest.elementsEqual("-latest".utf8)
    }
    return entry?.minimumTokens
  }
}

/// Turns a parsed price list into values and notes every fault on the way.
private struct PriceListReader: FieldReader {
  let source: SourceText
  var faults: [(offset: Int, message: String)] = []

  mutating func read(_ node: JSONNode) -> PriceList {
    var list = PriceList()
    guard isFile(node, "the price list", ["date", "currency", "models"]) else { return list }
    list.date = node["date"].flatMap { string($0, "\"date\"") } ?? ""
    list.currency = node["currency"].flatMap { string($0, "\"currency\"") } ?? ""
    for element in node["models"].flatMap({ array($0, "\"models\"") }) ?? [] {
      if let entry = entry(element) { list.entries.append(entry) }
    }
    return list
  }

  private mutating func entry(_ node: JSONNode) -> PriceList.Entry? {
    let keys = ["name", "input", "cached_input", "minimum_tokens", "breakpoints", "source"]
    guard object(node, "a model", keys: keys) != nil else { return nil }
    guard let name = node["name"].flatMap({ string($0, "\"name\"") }),
      let input = node["input"].flatMap({ double($0, "\"input\"") }),
      let cached = node["cached_input"].flatMap({ double($0, "\"cached_input\"") })
    else {
      fault(at: node.offset, "a model needs \"name\", \"input\" and \"cached_input\"")
      return nil
    }
    let limit = 1...Int(Int32.max)
    return PriceList.Entry(
      name: name, input: input, cachedInput: cached,
      minimumTokens: node["minimum_tokens"].flatMap {
        integer($0, "\"minimum_tokens\"", in: limit)
      },
      breakpoints: node["breakpoints"].flatMap { integer($0, "\"breakpoints\"", in: limit) })
  }
}
