import Bytes
import OrderedJSON
import Tokenization

/// A small `tokenizer.json` of a byte-level BPE model, made for a test.
struct ByteLevelFile {
  /// The spellings of single bytes in the byte-level alphabet, by byte.
  static let alphabet: [String] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Unicode.Scalar(byte))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next).map { String($0) } ?? ""
      }
    }
  }()

  /// The bytes that have tokens; their ids come first, in this order.
  var bytes: [UInt8] = Array(UInt8.min...UInt8.max)
  /// The tokens behind those of bytes, as the file spells them.
  var tokens: [String] = []
  var merges: [(String, String)] = []
  /// The added tokens: JSON objects.
  var addedTokens: [String] = []
  var preTokenizer = #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}"#
  var normalizer = "null"
  /// Members of `model` beside the vocabulary and the merges.
  var model = ""

  var text: [UInt8] {
    let spellings = bytes.map { Self.alphabet[Int($0)] } + tokens
    let vocabulary = JSONValue.object(
      spellings.enumerated().map { JSONMember(ByteString($1), JSONNode(.integer($0))) })
    let pairs = merges.map { left, right in
      JSONValue.array(of: [.string(ByteString(left)), .string(ByteString(right))])
    }
    let parts = [
      #"{"added_tokens":["#, addedTokens.joined(separator: ","), #"],"normalizer":"#, normalizer,
      #","pre_tokenizer":"#, preTokenizer, #","model":{"type":"BPE","#, model, #""vocab":"#,
    ]
    return Array(parts.joined().utf8) + JSONWriter.write(vocabulary)
      + Array(#","merges":"#.utf8) + JSONWriter.write(.array(of: pairs)) + Array("}}".utf8)
  }

  /// The tokenizer of the file.
  func tokenizer() throws -> Tokenizer {
    let description = try TokenizerJSONReader(text, source: "x").read(name: "toy")
    let compiled = try VocabularyCompiler.compile(description, source: "x")
    return try Tokenizer(try Vocabulary(bytes: compiled, source: "x"))
  }
}
