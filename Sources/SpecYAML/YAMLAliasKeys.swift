/// Finds aliases that are keys. Yams hashes keys while it composes, whatever their aliases multiply to,
/// so that a text of a few lines could keep it busy for hours; no spec needs them.
enum YAMLAliasKeys {
  /// The offset of the first `*name` before a colon, or behind `? `, for a name that has an anchor.
  static func firstAliasKey(in bytes: [UInt8]) -> Int? {
    var anchors: Set<[UInt8]>?
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "*") {
      let name = name(in: bytes, from: offset + 1)
      guard !name.isEmpty else { continue }
      let next = bytes[(offset + 1 + name.count)...].first { !isBlank($0) }
      let previous = bytes[..<offset].last { !isBlank($0) }
      guard next == UInt8(ascii: ":") || previous == UInt8(ascii: "?") else { continue }
      let known = anchors ?? Self.anchors(in: bytes)
      anchors = known
      if known.contains(name) { return offset }
    }
    return nil
  }

  private static func anchors(in bytes: [UInt8]) -> Set<[UInt8]> {
    Set(
      bytes.indices.filter { bytes[$0] == UInt8(ascii: "&") }.map { name(in: bytes, from: $0 + 1) })
  }

  private static func name(in bytes: [UInt8], from start: Int) -> [UInt8] {
    bytes[start...].prefix { byte in
      let letter = byte | 0x20
      return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
        || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }.map { $0 }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09
  }
}
