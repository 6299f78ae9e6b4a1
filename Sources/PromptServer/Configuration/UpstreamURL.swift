/// Where requests are passed on to: `http://127.0.0.1:8000`, with a path in front of `/v1` or none.
public struct UpstreamURL: Hashable, Sendable, CustomStringConvertible {
  /// The URL without `/v1` and without a slash at its end.
  public let description: String
  /// What stands in it behind host and port: empty, or from a slash on.
  private let path: String

  /// The host, without the brackets of an address of version 6.
  var host: String {
    let authority = authority
    if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
    return String(authority.prefix { $0 != ":" })
  }

  /// The port.
  var port: Int {
    let digits = authority.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    let isGiven = authority.hasSuffix(":" + digits) && !digits.hasSuffix("]")
    return (isGiven ? Int(digits) : nil) ?? (isSecure ? 443 : 80)
  }

  /// Host and port as the field `Host` has them: without the port that the scheme implies.
  var hostField: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  private var authority: Substring {
    description.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
  }

  /// Whether connections are encrypted.
  var isSecure: Bool { description.hasPrefix("https:") }

  /// Why a text is no such URL.
  struct Fault: Error {
    let description: String
  }

  /// Reads a URL. One that ends in `/v1` is taken without it, since the paths of requests have it.
  init(_ text: String) throws(Fault) {
    var rest = text[...]
    guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) })
    else { throw Fault(description: "must begin with http:// or https://") }
    rest = rest.dropFirst(scheme.count)
    let isPlain = rest.utf8.allSatisfy { byte in
      Self.isAllowed(byte) && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "@")
    }
    guard let first = rest.first, first != "/", first != ":", isPlain else {
      throw Fault(
        description: "must be scheme, host, port and path alone, as in http://127.0.0.1:8000")
    }
    try Self.check(rest.prefix { $0 != "/" })
    while rest.last == "/" { rest = rest.dropLast() }
    if rest.hasSuffix("/v1") { rest = rest.dropLast(3) }
    while rest.last == "/" { rest = rest.dropLast() }
    description = scheme + rest
    path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
  }

  /// Makes sure that host and port can be those of a server.
  private static func check(_ authority: Substring) throws(Fault) {
    var host = authority
    var port: Substring?
    let isBracketed = authority.hasPrefix("[")
    if let colon = authority.lastIndex(of: ":"), !isBracketed || !authority.hasSuffix("]") {
      host = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    if let port {
      guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
        (1...65_535).contains(number)
      else { throw Fault(description: "the port \"\(port)\" must be a number from 1 to 65535") }
    }
    let isHost =
      isBracketed
      ? host.hasSuffix("]") && host.utf8.dropFirst().dropLast().allSatisfy(isAddressByte)
        && host.contains(":")
      : !host.isEmpty && host.utf8.allSatisfy(PercentEncoding.isUnreserved)
    guard isHost else {
      throw Fault(
        description: "\"\(host)\" must be a name or an address, one of version 6 in brackets, "
          + "as in http://[::1]:8000")
    }
  }

  /// Whether a byte may stand in an address of version 6: a hexadecimal digit, a colon, a point.
  private static func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2E, 0x30...0x3A, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  /// The path and query that the upstream is asked for.
  ///
  /// - Parameter target: those of the client's request, from the slash on.
  func target(of target: String) -> String { path + target }

  /// Whether a byte may stand in a URL (RFC 3986).
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24...0x3B, 0x3D, 0x3F...0x5B, 0x5D, 0x5F, 0x61...0x7A, 0x7E: true
    default: false
    }
  }
}
