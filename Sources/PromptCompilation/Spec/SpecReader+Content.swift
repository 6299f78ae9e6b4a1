internal import Bytes
internal import OrderedJSON

extension SpecReader {
  /// A string, or an array of content parts of which those of type `text` are text.
  mutating func content(_ node: JSONNode, _ what: String) -> Content? {
    switch node.value {
    case .string(let text):
      var content = Content(text: text)
      content.offset = node.offset
      return content
    case .array(let elements):
      var parts: [Content.Part] = []
      for (index, element) in elements.enumerated() {
        guard case .object = element.value, case .string(let type)? = element["type"]?.value else {
          fault(at: element.offset, "\(what)[\(index)] must be an object with a \"type\"")
          continue
        }
        if type != "text" {
          parts.append(.other(element))
        } else if let text = element["text"], case .string(let value) = text.value {
          parts.append(.text(value))
        } else {
          fault(at: element.offset, "\(what)[\(index)]: a part of type text needs a \"text\"")
        }
      }
      var content = Content(parts: parts)
      content.offset = node.offset
      return content
    default:
      fault(at: node.offset, "\(what) must be a string or an array, not \(node.value.kind)")
      return nil
    }
  }
}
