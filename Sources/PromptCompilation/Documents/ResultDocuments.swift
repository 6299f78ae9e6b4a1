internal import Bytes
internal import OrderedJSON

/// Documents that are the elements of `results` in a text that is a JSON object.
enum ResultDocuments {
  /// The documents of a text; nil if it is another one, or not all of them are objects or texts.
  static func group(in text: [UInt8]) -> DocumentGroup? {
    guard text.first(where: { !DocumentText.isWhiteSpace($0) }) == UInt8(ascii: "{"),
      let root = try? JSONParser.parse(text, loneSurrogates: .replaced),
      let members = root.members?.filter({ $0.key == "results" }), members.count == 1,
      let elements = members.first?.node.elements,
      elements.allSatisfy({ $0.members != nil || $0.string != nil })
    else { return nil }
    let ranges = elements.compactMap { $0.range(in: text) }
    guard ranges.count == elements.count, ranges.count >= 2 else { return nil }
    return DocumentGroup(form: .jsonResults, documents: ranges)
  }
}
