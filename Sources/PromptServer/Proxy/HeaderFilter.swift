internal import HTTPTypes
internal import NIOHTTP1

/// Which fields of a head are for the next host alone (RFC 9110, 7.6.1), and what is put in their place.
enum HeaderFilter {
  private static let hopByHop: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization",
    "te",
    "trailer", "transfer-encoding", "upgrade",
  ]
  /// What the client's connection to the upstream sets anew, and what is meant for us.
  private static let replaced: Set<String> = [
    "host", "content-length", "expect", Tenant.header,
  ]

  /// The fields of a request as the upstream gets them, in their order and spelling.
  static func forwarded(
    _ fields: HTTPFields, id: String, key: UpstreamKey?
  ) -> HTTPHeaders {
    let dropped = named(by: fields[values: .connection])
    var headers = HTTPHeaders()
    headers.reserveCapacity(fields.count + 2)
    for field in fields {
      let name = field.name.canonicalName
      guard !hopByHop.contains(name), !replaced.contains(name),
        !DocumentHeaders.names.contains(name), !dropped.contains(name)
      else {
        continue
      }
      if key != nil, name == "authorization" || name == "x-api-key" { continue }
      headers.add(name: field.name.rawName, value: field.value)
    }
    if let key { headers.add(name: key.header, value: key.value) }
    if !headers.contains(name: RequestID.header) { headers.add(name: RequestID.header, value: id) }
    return headers
  }

  /// The fields of a reply as the client gets them, in their order and spelling.
  static func returned(_ headers: HTTPHeaders, id: String) -> HTTPFields {
    let dropped = named(by: headers[canonicalForm: "connection"].map { String($0) })
    var fields = HTTPFields()
    for (rawName, value) in headers {
      guard let name = HTTPField.Name(rawName), !hopByHop.contains(name.canonicalName),
        !dropped.contains(name.canonicalName)
      else { continue }
      fields.append(HTTPField(name: name, value: value))
    }
    if let name = RequestID.name, fields[name] == nil { fields[name] = id }
    return fields
  }

  /// The fields that a `Connection` names.
  private static func named(by connections: [String]) -> Set<String> {
    var names: Set<String> = []
    for connection in connections {
      for word in connection.split(separator: ",") {
        names.insert(word.filter { $0 != " " && $0 != "\t" }.lowercased())
      }
    }
    return names
  }
}

/// The name of a request.
enum RequestID {
  static let header = "x-request-id"
  static let name = HTTPField.Name(header)
  /// The longest name of a client's that is taken over, in bytes.
  private static let limit = 128

  /// Takes over the client's name of a request, or makes one.
  static func of(_ fields: HTTPFields) -> String {
    if let given = name.flatMap({ fields[$0] }), !given.isEmpty, given.utf8.count <= limit,
      given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    {
      return given
    }
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return "cpc-" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
