/// How a body is packed for its way (RFC 9110, 8.4).
enum ContentCoding {
  static let field = "content-encoding"

  /// Whether a body comes as it is: no field names a coding but `identity`, which is none.
  ///
  /// - Parameter values: those of all fields `Content-Encoding` of a head.
  static func isPlain(_ values: [String]) -> Bool {
    values.allSatisfy { value in
      value.split(separator: ",").allSatisfy { coding in
        let name = coding.filter { $0 != " " && $0 != "\t" }
        return name.isEmpty || name.lowercased() == "identity"
      }
    }
  }
}
