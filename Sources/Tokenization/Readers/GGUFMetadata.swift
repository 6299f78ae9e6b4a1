public import Bytes

/// The key/value pairs at the head of a GGUF file, version 2 or 3, as
/// [the format's description](https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) lays them out.
///
/// Opening finds where each value is; a value is read when it is asked for. Nothing behind the pairs is
/// touched, so a file of many gigabytes costs what its vocabulary costs.
public struct GGUFMetadata: Sendable {
  /// The most bytes of metadata that are read; those of known models have less than 30 MB.
  public static let sizeLimit = 1 << 28

  /// The file's name for messages.
  public let source: String
  /// The bytes from the file's beginning to the end of the last pair.
  public let byteCount: Int

  private let storage: any VocabularyStorage
  private let values: [ByteString: Value]

  /// Where a value is.
  private struct Value: Sendable {
    var type: UInt32
    /// The offset of its first byte; of an array, that of the type of its elements.
    var offset: Int
  }

  /// Maps the file at `path` and reads its head.
  ///
  /// - Throws: `VocabularyError` with the byte offset if it is no GGUF file of these versions, or its
  ///   metadata is cut short or malformed.
  public init(path: String) throws(VocabularyError) {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
    try self.init(storage: file, source: path)
  }

  /// Reads the head of a file that is in memory.
  public init(bytes: [UInt8], source: String) throws(VocabularyError) {
    try self.init(storage: VocabularyBuffer(bytes), source: source)
  }

  private init(storage: any VocabularyStorage, source: String) throws(VocabularyError) {
    let head = UnsafeRawBufferPointer(
      rebasing: storage.bytes[..<min(storage.bytes.count, Self.sizeLimit)])
    var cursor = GGUFCursor(head, source: source)
    guard try cursor.integer(UInt32.self) == 0x4655_4747 else {
      throw VocabularyError(source: source, message: "byte 0: not a GGUF file")
    }
    let version = try cursor.integer(UInt32.self)
    guard version == 2 || version == 3 else {
      let isSwapped = version & 0xFFFF == 0
      throw VocabularyError(
        source: source,
        message: "byte 4: not supported: "
          + (isSwapped ? "a big-endian GGUF file" : "GGUF version \(version)"))
    }
    _ = try cursor.integer(UInt64.self)  // The number of tensors.
    var values: [ByteString: Value] = [:]
    // A pair has at least the length of its key, its type and a byte of value.
    for _ in 0..<(try cursor.count(ofItemsOfSize: 13)) {
      let key = try cursor.string()
      guard key.count <= Int(UInt16.max) else { throw cursor.error("a key of \(key.count) bytes") }
      let type = try cursor.integer(UInt32.self)
      let name = ByteString(head[key.start..<key.end])
      guard values.updateValue(Value(type: type, offset: cursor.offset), forKey: name) == nil else {
        throw cursor.error("the key \(name) again")
      }
      try Self.skipValue(type, &cursor, depth: 0)
    }
    self.source = source
    self.storage = storage
    self.values = values
    byteCount = cursor.offset
  }

  /// The SHA-256 of the metadata, from the file's first byte on.
  public var digest: Digest { Digest(of: head) }

  /// The file's bytes up to the end of the metadata.
  private var head: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage.bytes[..<byteCount])
  }
}

// MARK: - Values

extension GGUFMetadata {
  /// The types of values that have one size.
  private static func size(ofType type: UInt32) -> Int? {
    switch type {
    case 0, 1, 7: 1  // UInt8, Int8, Bool
    case 2, 3: 2  // UInt16, Int16
    case 4, 5, 6: 4  // UInt32, Int32, Float
    case 10, 11, 12: 8  // UInt64, Int64, Double
    default: nil
    }
  }

  private static let stringType: UInt32 = 8
  private static let arrayType: UInt32 = 9

  private static func skipValue(
    _ type: UInt32, _ cursor: inout GGUFCursor, depth: Int
  ) throws(VocabularyError) {
    switch type {
    case stringType: _ = try cursor.string()
    case arrayType:
      guard depth < 2 else { throw cursor.error("not supported: arrays in arrays in arrays") }
      let element = try cursor.integer(UInt32.self)
      if let size = size(ofType: element) {
        try cursor.skip(try cursor.count(ofItemsOfSize: size), ofSize: size)
        return
      }
      // A string has at least its length, an array its type and length.
      for _ in 0..<(try cursor.count(ofItemsOfSize: element == stringType ? 8 : 12)) {
        try skipValue(element, &cursor, depth: depth + 1)
      }
    default:
      guard let size = size(ofType: type) else { throw cursor.error("unknown type \(type)") }
      try cursor.skip(1, ofSize: size)
    }
  }

  /// Returns the string of `key`; nil if there is no such key.
  ///
  /// - Throws: `VocabularyError` if the value is no string.
  public func string(_ key: ByteString) throws(VocabularyError) -> ByteString? {
    guard let value = values[key] else { return nil }
    guard value.type == Self.stringType else { throw wrongType(key, value, "a string") }
    var cursor = cursor(at: value)
    return ByteString(bytes(in: try cursor.string()))
  }

  /// Returns where the strings of the array `key` are in the file; nil if there is no such key.
  ///
  /// - Throws: `VocabularyError` if the value is no array of strings.
  public func strings(_ key: ByteString) throws(VocabularyError) -> [ByteRange]? {
    guard let value = values[key] else { return nil }
    var cursor = cursor(at: value)
    guard value.type == Self.arrayType,
      try cursor.integer(UInt32.self) == Self.stringType
    else { throw wrongType(key, value, "an array of strings") }
    var ranges: [ByteRange] = []
    for _ in 0..<(try cursor.count(ofItemsOfSize: 8)) { ranges.append(try cursor.string()) }
    return ranges
  }

  /// Returns the array of 32-bit integers `key`; nil if there is no such key.
  ///
  /// - Throws: `VocabularyError` if the value is no array of Int32 or UInt32.
  public func integers(_ key: ByteString) throws(VocabularyError) -> [Int32]? {
    guard let value = values[key] else { return nil }
    var cursor = cursor(at: value)
    guard value.type == Self.arrayType, [4, 5].contains(try cursor.integer(UInt32.self)) else {
      throw wrongType(key, value, "an array of 32-bit integers")
    }
    var integers: [Int32] = []
    for _ in 0..<(try cursor.count(ofItemsOfSize: 4)) {
      integers.append(try cursor.integer(Int32.self))
    }
    return integers
  }

  /// Returns the array of 32-bit floating-point numbers `key`; nil if there is no such key.
  ///
  /// - Throws: `VocabularyError` if the value is no array of Float32.
  public func floats(_ key: ByteString) throws(VocabularyError) -> [Float]? {
    guard let value = values[key] else { return nil }
    var cursor = cursor(at: value)
    guard value.type == Self.arrayType, try cursor.integer(UInt32.self) == 6 else {
      throw wrongType(key, value, "an array of 32-bit floating-point numbers")
    }
    var floats: [Float] = []
    for _ in 0..<(try cursor.count(ofItemsOfSize: 4)) {
      floats.append(Float(bitPattern: try cursor.integer(UInt32.self)))
    }
    return floats
  }

  /// Returns the integer `key`, of whatever size; nil if there is no such key, or it is no `Int`.
  ///
  /// - Throws: `VocabularyError` if the value is no integer.
  public func integer(_ key: ByteString) throws(VocabularyError) -> Int? {
    guard let value = values[key] else { return nil }
    var cursor = cursor(at: value)
    switch value.type {
    case 0: return Int(try cursor.integer(UInt8.self))
    case 1: return Int(try cursor.integer(Int8.self))
    case 2: return Int(try cursor.integer(UInt16.self))
    case 3: return Int(try cursor.integer(Int16.self))
    case 4: return Int(try cursor.integer(UInt32.self))
    case 5: return Int(try cursor.integer(Int32.self))
    case 10: return Int(exactly: try cursor.integer(UInt64.self))
    case 11: return Int(try cursor.integer(Int64.self))
    default: throw wrongType(key, value, "an integer")
    }
  }

  /// Returns the truth value of `key`; nil if there is no such key.
  ///
  /// - Throws: `VocabularyError` if the value is no truth value.
  public func bool(_ key: ByteString) throws(VocabularyError) -> Bool? {
    guard let value = values[key] else { return nil }
    guard value.type == 7 else { throw wrongType(key, value, "a truth value") }
    var cursor = cursor(at: value)
    return try cursor.integer(UInt8.self) != 0
  }

  /// Returns the bytes at a place that `strings(_:)` gave.
  public func bytes(in range: ByteRange) -> [UInt8] {
    precondition(range.start >= 0 && range.start <= range.end && range.end <= byteCount)
    return Array(head[range.start..<range.end])
  }

  /// Returns the byte offset of the value of `key`; nil if there is no such key.
  public func offset(of key: ByteString) -> Int? {
    values[key]?.offset
  }

  private func cursor(at value: Value) -> GGUFCursor {
    GGUFCursor(head, source: source, offset: value.offset)
  }

  private func wrongType(
    _ key: ByteString, _ value: Value, _ expected: String
  ) -> VocabularyError {
    VocabularyError(
      source: source, message: "byte \(value.offset): \(key): expected \(expected)")
  }
}
