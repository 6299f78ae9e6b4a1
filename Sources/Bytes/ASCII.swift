/// Questions about ASCII in bytes.
public enum ASCII {
  /// Whether all of `bytes` are ASCII.
  ///
  /// - Complexity: linear; eight bytes a step.
  public static func isAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    var union: UInt64 = 0
    while offset + 8 <= bytes.count {
      union |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < bytes.count {
      union |= UInt64(bytes[offset])
      offset += 1
    }
    return union & 0x8080_8080_8080_8080 == 0
  }
}
