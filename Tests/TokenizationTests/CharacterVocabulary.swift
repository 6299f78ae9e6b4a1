import Bytes
import OrderedJSON
import TestSupport
import Tokenization

/// The vocabulary of `Fixtures/characters`, whose merges begin with characters, and the variants of
/// its `tokenizer.json`.
enum CharacterVocabulary {
  static let folder = Shared.packageRoot + "/Fixtures/characters"

  /// A line of a file of vectors.
  struct Vector {
    var variant: String
    var text: [UInt8]
    var ids: [UInt32]
    var decoded: [UInt8]
  }

  static func vectors(_ file: String) throws -> [Vector] {
    try Files.read("\(folder)/\(file)").split(separator: 0x0A).map { line in
      let node = try JSONParser.parse(Array(line))
      guard case .array(let numbers)? = node["ids"]?.value else { throw VectorError() }
      let ids: [UInt32] = numbers.compactMap { number in
        if case .number(let number) = number.value {
          number.integer.map { UInt32($0) }
        } else {
          nil
        }
      }
      return Vector(
        variant: String(decoding: text("variant", node), as: UTF8.self),
        text: text("text", node), ids: ids, decoded: text("decoded", node))
    }
  }

  struct VectorError: Error {}

  private static func text(_ key: ByteString, _ node: JSONNode) -> [UInt8] {
    if case .string(let text)? = node[key]?.value { text.bytes } else { [] }
  }

  /// The `tokenizer.json` of a variant.
  static func file(_ variant: String) throws -> [UInt8] {
    let base = try JSONParser.parse(try Files.read(folder + "/tokenizer.json"))
    let variants = try JSONParser.parse(try Files.read(folder + "/variants.json"))
    return JSONWriter.write(merged(base, variants[ByteString(variant)]).value)
  }

  /// `base` with the members of `changes` in place of its own; those of `model` one by one.
  private static func merged(_ base: JSONNode, _ changes: JSONNode?) -> JSONNode {
    guard case .object(var members) = base.value, case .object(let changed)? = changes?.value else {
      return base
    }
    for change in changed {
      guard let index = members.firstIndex(where: { $0.key == change.key }) else { continue }
      members[index].node =
        change.key == "model" ? merged(members[index].node, change.node) : change.node
    }
    return JSONNode(.object(members))
  }

  static func description(_ variant: String) throws -> VocabularyDescription {
    try TokenizerJSONReader(try file(variant), source: variant).read(name: "characters")
  }

  static func tokenizer(_ variant: String) throws -> Tokenizer {
    try ToyVocabulary.tokenizer(try description(variant))
  }
}
