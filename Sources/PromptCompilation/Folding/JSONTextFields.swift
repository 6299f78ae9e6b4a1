internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// The strings in a text that is JSON which are folded, each for itself, in place of the text.
///
/// These are the long ones, and those in which a reference may stand. A reference takes the place of a long
/// string only where it stands in it, so folded JSON has the same fields as what it was folded from.
struct JSONTextFields {
  /// A string in the text.
  struct Field {
    /// Where it stands in the text, a JSON pointer.
    var path: ByteString
    var value: [UInt8]
    /// Where it is spelled in the text.
    var literal: JSONStringLiteral
  }

  /// The strings in the order of the text.
  private(set) var fields: [Field] = []
  private let text: [UInt8]
  private let wording: ReferenceWording

  /// Finds the fields of a text; nil if it is no JSON object or array, or has none.
  init?(_ text: [UInt8], _ wording: ReferenceWording) {
    let first = text.first { $0 > 0x20 }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
      let root = try? JSONParser.parse(text)
    else { return nil }
    self.text = text
    self.wording = wording
    collect(root, "")
    if fields.isEmpty { return nil }
  }

  private mutating func collect(_ node: JSONNode, _ path: ByteString) {
    switch node.value {
    case .string(let value):
      guard value.count >= ConversationFolder.minimumLength || wording.isMentioned(in: value.bytes),
        let literal = JSONStringLiteral(at: node.offset, in: text)
      else { return }
      fields.append(Field(path: path, value: value.bytes, literal: literal))
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collect(element, ByteString(path.bytes + "/\(index)".utf8))
      }
    case .object(let members):
      for member in members {
        collect(member.node, ByteString(path.bytes + [UInt8(ascii: "/")] + Self.step(member.key)))
      }
    case .null, .bool, .number: break
    }
  }

  /// A name as RFC 6901 spells it.
  private static func step(_ name: ByteString) -> [UInt8] {
    name.bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "~"): Array("~0".utf8)
      case UInt8(ascii: "/"): Array("~1".utf8)
      default: [byte]
      }
    }
  }

  /// Whether a spelling gives the literals of `values` as they stand in the text.
  func areSpelled(by spelling: JSONStringSpelling) -> Bool {
    fields.allSatisfy { field in
      var literal: [UInt8] = []
      spelling.append(field.value, to: &literal)
      return literal.elementsEqual(text[field.literal.range.start..<field.literal.range.end])
    }
  }

  /// Teaches a spelling how the fields are spelled.
  func teach(_ spelling: inout JSONStringSpelling) {
    for field in fields { spelling.learn(from: field.literal, in: text) }
  }

  /// Returns the text with other values in some of the fields; nil leaves a field as it is spelled.
  func replacing(_ values: [[UInt8]?], _ spelling: JSONStringSpelling) -> [UInt8] {
    var edits = ByteEdits()
    for (field, value) in zip(fields, values) {
      if let value { edits.replace(field.literal, by: value, spelling) }
    }
    return edits.applied(to: text)
  }
}
