internal import Bytes
internal import Crypto
internal import OrderedJSON

/// What is put into the bodies of a tenant's prompts, so that the engine shares its cache with no other tenant:
/// vLLM and SGLang hash a body's `cache_salt` with its first block.
///
/// With a secret nobody who does not know it can tell a tenant's salt. Without one whoever knows a tenant's
/// name can, and could find out by the time of replies what the engine holds of that tenant's prompts. Either way
/// a tenant has the same salt in each process.
public struct CacheSalt: Sendable, CustomStringConvertible {
  private let key: SymmetricKey?

  /// The member of a body.
  static let member: ByteString = "cache_salt"
  /// What stands before a tenant's name where there is no secret, so that nothing else has this digest.
  private static let prefix = "cpc cache salt of "
  private static let digits = 32

  /// Makes salts.
  ///
  /// - Parameter secret: what they are derived with; nil or empty derives them of the tenant's name alone.
  public init(secret: String? = nil) {
    key = secret.flatMap { $0.isEmpty ? nil : SymmetricKey(data: Array($0.utf8)) }
  }

  /// No secret.
  public var description: String { key == nil ? "by name" : "by secret" }

  /// The salt of a tenant: 32 hexadecimal digits, half of a SHA-256 over the name, or of an HMAC with it.
  func salt(of tenant: Tenant) -> ByteString {
    let digest: [UInt8]
    if let key {
      digest = Array(HMAC<SHA256>.authenticationCode(for: tenant.name.bytes, using: key))
    } else {
      digest = Array(SHA256.hash(data: Array(Self.prefix.utf8) + tenant.name.bytes))
    }
    let hexadecimal = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return ByteString(String(hexadecimal.joined().prefix(Self.digits)))
  }

  /// Whether the upstream reads a salt in the bodies of an endpoint.
  static func isRead(by endpoint: ProxiedEndpoint) -> Bool {
    endpoint == .chatCompletions || endpoint == .completions
  }

  /// A body with the salt of its tenant: the bytes that were given, and a first member. One that has a salt of its
  /// own, and what is no object, stays as it is.
  func applied(to body: [UInt8], of request: PromptRequest) -> [UInt8] {
    guard Self.isRead(by: request.endpoint),
      let open = body[Self.start(of: body)...].firstIndex(where: { !Self.isWhiteSpace($0) }),
      body[open] == UInt8(ascii: "{"),
      // UTF-16 is not to be mixed with another encoding.
      !body[(open + 1)...].starts(with: [0])
    else { return body }
    var value: [UInt8] = []
    JSONWriter.appendQuoted(salt(of: request.tenant).bytes, to: &value)
    if let own = Self.own(in: body) {
      guard own.isNull else { return body }
      return body[..<own.start] + value + body[own.end...]
    }
    let isEmpty =
      body[(open + 1)...].first { !Self.isWhiteSpace($0) }.map { $0 == UInt8(ascii: "}") } ?? true
    let member = Array("\"\(Self.member.string)\":".utf8) + value
    return body[...open] + member + (isEmpty ? [] : [UInt8(ascii: ",")]) + body[(open + 1)...]
  }

  /// Where the text begins: behind a byte-order mark, which engines pass over.
  private static func start(of body: [UInt8]) -> Int {
    body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Where the last salt of a body's own stands, and whether it is null; nil if there is none, or the body is no
  /// JSON.
  private static func own(in body: [UInt8]) -> (start: Int, end: Int, isNull: Bool)? {
    guard body.mayHaveMember(member),
      var reader = try? JSONReader(body, loneSurrogates: .replaced)
    else { return nil }
    var own: (start: Int, end: Int, isNull: Bool)?
    do throws(JSONSyntaxError) {
      _ = try reader.readMembers([member]) { reader, place throws(JSONSyntaxError) in
        let start = reader.offset
        try reader.skipValue()
        guard place != nil else { return }
        own = (start, reader.offset, body[start] == UInt8(ascii: "n"))
      }
      try reader.finish()
    } catch {
      return nil
    }
    return own
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
