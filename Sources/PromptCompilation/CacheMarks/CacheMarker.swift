public import Bytes
internal import Deduplication
public import OrderedJSON

/// Puts the marks into a request body that a hosted service needs to cache what later requests begin with.
///
/// The caller's own marks stay and count. Every byte of the body stays: a mark is put into a block, and a
/// string becomes a part only where a mark must stand at it.
///
/// ```swift
/// let marker = try CacheMarker(service: "anthropic")
/// let marked = try marker.mark(SourceText(name: "body.json", bytes: body))
/// ```
public struct CacheMarker {
  /// How tokens are counted; correct it with what the service says.
  public var estimate: TokenEstimate
  /// What the service said of the estimate, by its models; where there is none the estimate's own correction holds.
  public var corrections: [ByteString: TokenCorrection] = [:]
  private let name: ByteString
  private let services: CacheServiceList
  private let prices: PriceList
  private let settings: CacheMarkSettings
  private let finder = DocumentFinder(DocumentSettings())

  /// Makes a marker.
  ///
  /// - Parameters:
  ///   - service: the service's name in the list, such as `anthropic` or `openai`.
  ///   - services: what services cache; the list that ships with cpc if nil.
  ///   - prices: where the minimums of models are looked up; the list that ships with cpc if nil.
  ///   - estimate: how tokens are counted; by the length of texts if nil.
  /// - Throws: `CompilationError` if a list cannot be read, has no such service, or the service has no such
  ///   lifetime.
  public init(
    service: ByteString, _ settings: CacheMarkSettings = CacheMarkSettings(),
    services: CacheServiceList? = nil, prices: PriceList? = nil, estimate: TokenEstimate? = nil
  ) throws(CompilationError) {
    // `??` cannot rethrow a typed error.
    if let services { self.services = services } else { self.services = try CacheServiceList() }
    if let prices { self.prices = prices } else { self.prices = try PriceList(path: nil) }
    if let estimate { self.estimate = estimate } else { self.estimate = try TokenEstimate() }
    name = service
    self.settings = settings
    let known = self.services.services.filter { $0.name == service }
    guard !known.isEmpty else {
      throw CompilationError(file: "caches", message: "has no service \"\(service)\"")
    }
    let lifetimes = known.flatMap { $0.lifetimes.compactMap(\.ttl) }
    if let lifetime = settings.lifetime, !lifetimes.contains(lifetime) {
      throw CompilationError(
        file: "caches", message: "\"\(service)\" has no lifetime \"\(lifetime)\"")
    }
  }

  /// Marks a body.
  ///
  /// - Parameter tenant: whose request it is: requests of different tenants get different keys.
  /// - Throws: `CompilationError` with the place if it is no request body.
  /// - Complexity: linear.
  public func mark(
    _ source: SourceText, tenant: ByteString = ""
  ) throws(CompilationError) -> MarkedBody {
    let outline = try BodyReader.outline(of: source)
    guard let service = services.service(named: name, for: outline.model) else {
      return MarkedBody(
        bytes: source.bytes, marks: [], ownMarkCount: 0, tokens: 0, insertions: [])
    }
    let marks = service.marks ?? .promptCacheBreakpoint
    var estimate = estimate
    estimate.correction = corrections[outline.model] ?? estimate.correction
    let list = CacheBlocks(outline, marks, estimate)
    let minimum = prices.minimumTokens(ofModel: outline.model) ?? service.minimumTokens
    let endMark = outline.body[ByteString(marks.rawValue)].flatMap { $0.isNull ? nil : $0 }
    let plan = CacheMarkPlan(
      list.blocks, service, settings, minimum: minimum, estimate, endMark: endMark)
    let documentEnd = documentEnd(outline, list.blocks)
    let ownCount = list.ownMarkCount + (endMark == nil ? 0 : 1)
    let limit = service.breakpoints ?? list.blocks.count
    let places = plan.places(
      free: service.marks == nil ? 0 : max(limit - ownCount, 0),
      earlierItemCount: outline.earlierItemCount, documentEnd: documentEnd)
    var writer = CacheMarkWriter(source: source.bytes, marks: marks)
    for place in places { writer.mark(list.blocks[place.block], place.lifetime) }
    var key: ByteString?
    if marks == .promptCacheBreakpoint {
      key = cacheKey(outline, list.blocks, documentEnd, minimum: minimum, estimate, tenant)
      writer.addMembers(to: outline.body, key: key, isExplicit: !places.isEmpty)
    }
    var body = writer.body(
      places.map {
        CacheMark(
          boundary: $0.boundary, path: list.blocks[$0.block].path, lifetime: $0.lifetime,
          tokens: $0.tokens)
      }, ownMarkCount: ownCount, key: key, tokens: list.blocks.reduce(0) { $0 + $1.tokens })
    body.model = outline.model
    body.factor = estimate.factor
    return body
  }

  /// The block that the documents of the first message with documents end with, if something follows in that
  /// message. Behind the model's first words no two conversations are alike.
  private func documentEnd(_ outline: BodyOutline, _ blocks: [CacheBlock]) -> Int? {
    let end = outline.items.firstIndex(where: BodyOutline.isOfModel) ?? outline.items.count
    var found: Int?
    for (index, block) in blocks.enumerated() {
      guard let item = block.item, item < end || found != nil else { continue }
      if let found, blocks[found].item != item { return found < index - 1 ? found : nil }
      if block.isMarkable, holdsDocuments(block.node) { found = index }
    }
    return found.flatMap { $0 < blocks.count - 1 ? $0 : nil }
  }

  private func holdsDocuments(_ part: JSONNode) -> Bool {
    switch part["type"]?.string {
    case "document", "search_result": return true
    case "text", "input_text":
      guard let text = part["text"]?.string?.bytes else { return false }
      let groups = finder.groups(in: text, of: .user)
      guard let end = groups.last.map({ $0.lineOffset ?? text.count }) else { return false }
      return text[end...].allSatisfy(DocumentText.isWhiteSpace)
    default: return false
    }
  }

  /// The key of requests that begin alike: the same tools, system text and documents. Nil if the body has a
  /// key, or what it shares is too short to be cached.
  private func cacheKey(
    _ outline: BodyOutline, _ blocks: [CacheBlock], _ documentEnd: Int?, minimum: Int,
    _ estimate: TokenEstimate, _ tenant: ByteString
  ) -> ByteString? {
    guard outline.body["prompt_cache_key"] == nil else { return nil }
    let end = documentEnd.map { $0 + 1 } ?? blocks.firstIndex { $0.item != nil } ?? blocks.count
    let shared = blocks[..<end]
    guard estimate.reaches(minimum, shared.reduce(0) { $0 + $1.tokens }) else { return nil }
    let parts =
      [.string(tenant), .string(outline.model)]
      + shared.map { JSONValue.string(ByteString(BodyOutline.canonical($0.node))) }
    let digest = Digest(of: JSONWriter.write(.array(of: parts)))
    return ByteString("cpc-" + digest.hexadecimal.prefix(32))
  }
}
