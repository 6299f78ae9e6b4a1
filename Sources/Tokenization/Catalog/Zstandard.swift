internal import CZstd

/// Compression of vocabulary files with zstd.
public enum Zstandard {
  /// Returns `bytes` as one zstd frame of the highest common level.
  ///
  /// - Returns: nil if memory runs out. Different releases of libzstd may give different bytes for
  ///   the same content.
  public static func compress(_ bytes: [UInt8]) -> [UInt8]? {
    var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = ZSTD_compress(&result, result.count, bytes, bytes.count, 19)
    guard ZSTD_isError(count) == 0 else { return nil }
    result.removeLast(result.count - count)
    return result
  }

  /// Returns the content of a zstd frame, which must be exactly `size` bytes; nil if it is not.
  public static func decompress(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    var result = [UInt8](repeating: 0, count: size)
    let count = ZSTD_decompress(&result, size, bytes.baseAddress, bytes.count)
    guard ZSTD_isError(count) == 0, count == size else { return nil }
    return result
  }
}
