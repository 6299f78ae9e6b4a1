public import Bytes
internal import HTTPTypes

/// Whose request it is: nothing of one tenant's prompts changes those of another.
public struct Tenant: Hashable, Sendable {
  /// The header `x-cpc-tenant`, or else the start of the digest of the key that the request bears; empty for
  /// requests with neither.
  public let name: ByteString

  /// Makes a tenant of a name.
  public init(_ name: ByteString) {
    self.name = name
  }

  /// What pages call it, which tells tenants apart and nothing of them; empty for nobody.
  var pseudonym: String {
    isNobody ? "" : String(Digest(of: name.bytes).hexadecimal.prefix(12))
  }

  /// Whether a request names nobody and bears no key.
  var isNobody: Bool { name.isEmpty }

  /// The header that names it.
  static let header = "x-cpc-tenant"
  /// The longest name in bytes; of longer ones the digest is the name.
  private static let nameLimit = 128
  /// The hexadecimal digits of a key's digest that make a name.
  private static let digits = 32

  /// Finds out whose a request with these headers is.
  init(_ fields: HTTPFields) {
    if let name = HTTPField.Name(Self.header).flatMap({ fields[$0] }), !name.isEmpty {
      self.name =
        name.utf8.count <= Self.nameLimit
        ? "name:" + ByteString(name) : "name-digest:" + Self.digest(name)
      return
    }
    let keys = [HTTPField.Name.authorization, HTTPField.Name("x-api-key")].compactMap { $0 }
    let key = keys.compactMap { fields[$0] }.first { !$0.isEmpty }
    name = key.map { "key:" + Self.digest($0) } ?? ByteString()
  }

  private static func digest(_ text: String) -> ByteString {
    ByteString(String(Digest(of: Array(text.utf8)).hexadecimal.prefix(digits)))
  }
}

private func + (left: ByteString, right: ByteString) -> ByteString {
  ByteString(left.bytes + right.bytes)
}
