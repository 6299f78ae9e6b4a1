internal import Bytes

extension Array where Element == UInt8 {
  /// Whether a member of this name may stand in a text of JSON, also where it is spelled with escapes
  /// (`"c\u0070c"`). It may be that none does: nothing is read.
  ///
  /// - Parameter name: letters, digits and `_`.
  /// - Complexity: linear.
  func mayHaveMember(_ name: ByteString) -> Bool {
    if firstOffset(of: name.bytes) != nil { return true }
    let start = Array("\\u00".utf8)
    var offset = 0
    while let place = firstOffset(of: start, from: offset) {
      offset = place + start.count
      let digits = self[offset...].prefix(2)
      if let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
        name.bytes.contains(byte)
      {
        return true
      }
    }
    return false
  }
}
