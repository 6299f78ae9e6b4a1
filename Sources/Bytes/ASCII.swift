/// Questions about ASCII in bytes.
public enum ASCII {
  /// Whether all of `bytes` are ASCII.
  ///
  /// - Complexity: linear; eight bytes a step, up to the first that are not.
  public static func isAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let mask: UInt64 = 0x8080_8080_8080_8080
    guard bytes.count >= 8 else { return bytes.allSatisfy { $0 < 0x80 } }
    var offset = 0
    while offset &+ 8 < bytes.count {
      if bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & mask != 0 { return false }
      offset &+= 8
    }
    // The last eight, of which some may have been looked at.
    return bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self) & mask == 0
  }
}
