/// Writes the head of a GGUF file, as the format's description lays it out.
public struct GGUFBuilder: Sendable {
  /// The version of the format.
  public var version: UInt32 = 3
  /// The keys with their types and values.
  public private(set) var pairs: [(key: String, type: UInt32, value: [UInt8])] = []

  /// A file with a byte-level vocabulary: the 256 bytes, `ab`, `abc`, a control token, a user-defined
  /// one, one that is unused.
  public static func toy(pre: String = "qwen2") -> GGUFBuilder {
    var builder = GGUFBuilder()
    builder.add("general.architecture", string: "toy")
    builder.add("general.alignment", type: 4, littleEndian(UInt32(32)))
    builder.add("toy.flags", type: 9, littleEndian(UInt32(7)) + littleEndian(UInt64(2)) + [0, 1])
    builder.add("tokenizer.ggml.model", string: "gpt2")
    builder.add("tokenizer.ggml.pre", string: pre)
    builder.add("tokenizer.ggml.tokens", strings: byteTokens + toyTokens)
    builder.add(
      "tokenizer.ggml.token_type", integers: Array(repeating: 1, count: 258) + [3, 4, 5])
    builder.add("tokenizer.ggml.merges", strings: ["a b", "ab c"])
    builder.add("tokenizer.chat_template", string: "{{ messages }}")
    return builder
  }

  /// The tokens of the toy vocabulary behind the bytes; the first has the id 256.
  public static let toyTokens = ["ab", "abc", "<|end|>", "<think>", "[PAD260]"]

  /// The bytes in the byte-level alphabet, by value.
  public static let byteTokens: [String] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Character(Unicode.Scalar(byte)))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next).map { String(Character($0)) } ?? ""
      }
    }
  }()

  /// Adds a value in the bytes that the file has.
  public mutating func add(_ key: String, type: UInt32, _ value: [UInt8]) {
    pairs.append((key, type, value))
  }

  /// Adds a string.
  public mutating func add(_ key: String, string: String) {
    add(key, type: 8, Self.string(string))
  }

  /// Adds an array of strings.
  public mutating func add(_ key: String, strings: [String]) {
    let count = Self.littleEndian(UInt64(strings.count))
    add(key, type: 9, Self.littleEndian(UInt32(8)) + count + strings.flatMap(Self.string))
  }

  /// Adds an array of integers.
  public mutating func add(_ key: String, integers: [Int32]) {
    let count = Self.littleEndian(UInt64(integers.count))
    add(key, type: 9, Self.littleEndian(UInt32(5)) + count + integers.flatMap(Self.littleEndian))
  }

  /// Adds an array of floating-point numbers.
  public mutating func add(_ key: String, floats: [Float]) {
    let count = Self.littleEndian(UInt64(floats.count))
    let values = floats.flatMap { Self.littleEndian($0.bitPattern) }
    add(key, type: 9, Self.littleEndian(UInt32(6)) + count + values)
  }

  /// A file with a SentencePiece vocabulary: `<unk>`, `<s>`, the 256 bytes, and `pieces`; the first of
  /// those has the id 258.
  public static func sentencePiece(_ pieces: [(text: String, score: Float)]) -> GGUFBuilder {
    let digits = Array("0123456789ABCDEF")
    let bytes = (0..<256).map { "<0x\(digits[$0 / 16])\(digits[$0 % 16])>" }
    var builder = GGUFBuilder()
    builder.add("tokenizer.ggml.model", string: "llama")
    builder.add("tokenizer.ggml.tokens", strings: ["<unk>", "<s>"] + bytes + pieces.map(\.text))
    builder.add(
      "tokenizer.ggml.scores", floats: Array(repeating: 0, count: 258) + pieces.map(\.score))
    builder.add(
      "tokenizer.ggml.token_type",
      integers: [2, 3] + Array(repeating: 6, count: 256) + pieces.map { _ in 1 })
    return builder
  }

  /// Puts `change` in place of what was added under its key.
  public func replacing(_ key: String, _ change: (inout GGUFBuilder) -> Void) -> GGUFBuilder {
    var result = self
    result.pairs.removeAll { $0.key == key }
    change(&result)
    return result
  }

  /// The file.
  public var bytes: [UInt8] {
    var file = Array("GGUF".utf8) + Self.littleEndian(version)
    file += Self.littleEndian(UInt64(0)) + Self.littleEndian(UInt64(pairs.count))
    for pair in pairs {
      file += Self.string(pair.key) + Self.littleEndian(pair.type) + pair.value
    }
    return file
  }

  /// A string as the file has it.
  public static func string(_ text: String) -> [UInt8] {
    littleEndian(UInt64(text.utf8.count)) + text.utf8
  }

  /// A number as the file has it.
  public static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
