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
      let open = body.firstIndex(where: { !Self.isWhiteSpace($0) }), body[open] == UInt8(ascii: "{")
    else { return body }
    var value: [UInt8] = []
    JSONWriter.appendQuoted(salt(of: request.tenant).bytes, to: &value)
    if body.firstOffset(of: Self.member.bytes) != nil,
      let root = try? JSONParser.parse(body, loneSurrogates: .replaced),
      let own = root.members?.last(where: { $0.key == Self.member })?.node
    {
      guard own.isNull, let range = own.range(in: body) else { return body }
      return body[..<range.start] + value + body[range.end...]
    }
    let isEmpty =
      body[(open + 1)...].first { !Self.isWhiteSpace($0) }.map { $0 == UInt8(ascii: "}") } ?? true
    let member = Array("\"\(Self.member.string)\":".utf8) + value
    return body[...open] + member + (isEmpty ? [] : [UInt8(ascii: ",")]) + body[(open + 1)...]
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
