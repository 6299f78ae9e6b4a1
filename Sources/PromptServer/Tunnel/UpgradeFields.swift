internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOHTTP1

/// The fields by which the two ends of a connection agree on another protocol (RFC 9110, 7.8).
enum UpgradeFields {
  /// The protocol that is passed on.
  static let protocolName = "websocket"

  /// Asks for the protocol.
  static func ask(in headers: inout HTTPHeaders) {
    headers.add(name: "connection", value: "Upgrade")
    headers.add(name: "upgrade", value: protocolName)
  }

  /// Agrees to the protocol.
  static func agree(in fields: inout HTTPFields) {
    fields[.connection] = "Upgrade"
    if let name = HTTPField.Name("upgrade") { fields[name] = protocolName }
  }

  /// Whether fields ask for another protocol, or agree to it.
  static func arePresent(in headers: HTTPHeaders) -> Bool {
    headers.contains(name: "upgrade")
      && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
  }

  /// Whether a reply agrees to the protocol.
  static func doAgree(in headers: HTTPHeaders) -> Bool {
    arePresent(in: headers)
      && headers[canonicalForm: "upgrade"].map { $0.lowercased() } == [protocolName]
  }
}

extension Request {
  /// Whether the client wants to go on with WebSocket (RFC 6455, 4.1).
  var asksForWebSocket: Bool {
    guard method == .get, !hasBody, let upgrade = HTTPField.Name("upgrade") else { return false }
    return Self.lists("upgrade", in: headers[values: .connection])
      && Self.lists(UpgradeFields.protocolName, in: headers[values: upgrade])
  }

  private static func lists(_ word: String, in values: [String]) -> Bool {
    values.contains { value in
      value.split(separator: ",").contains {
        $0.filter { $0 != " " && $0 != "\t" }.lowercased() == word
      }
    }
  }
}
