internal import Bytes
internal import OrderedJSON

extension SpecReader {
  private static let blockKeys = [
    "id", "text", "file", "title", "importance", "pin", "metadata",
  ]
  /// The longest id in bytes: it is repeated wherever the block is named.
  private static let idLimit = 256

  mutating func blocks(_ node: JSONNode) -> [Block] {
    var blocks: [Block] = []
    for (index, element) in (array(node, "\"blocks\"") ?? []).enumerated() {
      if let block = block(element, "\"blocks\"[\(index)]") { blocks.append(block) }
    }
    return blocks
  }

  private mutating func block(_ node: JSONNode, _ what: String) -> Block? {
    guard let members = object(node, what, keys: Self.blockKeys) else { return nil }
    var block = Block(text: ByteString())
    block.offset = node.offset
    for member in members {
      switch member.key {
      case "id": block.id = blockID(member.node, what)
      case "title": block.title = string(member.node, "\(what).title")
      case "importance": block.importance = double(member.node, "\(what).importance")
      case "pin": block.pin = choice(member.node, "\(what).pin", Block.Pin.self)
      case "metadata": block.metadata = member.node
      default: break
      }
    }
    guard let text = text(of: node, what) else { return nil }
    block.text = text
    block.file = node["file"]?.string
    block.textOffset = (node["text"] ?? node["file"] ?? node).offset
    return block
  }

  private mutating func blockID(_ node: JSONNode, _ what: String) -> ByteString? {
    guard let id = string(node, "\(what).id") else { return nil }
    guard !id.isEmpty, id.count <= Self.idLimit, !id.bytes.contains(where: { $0 < 0x20 }) else {
      fault(
        at: node.offset,
        "\(what).id must have 1 to \(Self.idLimit) bytes and no control characters")
      return nil
    }
    return id
  }

  private mutating func text(of node: JSONNode, _ what: String) -> ByteString? {
    switch (node["text"], node["file"]) {
    case (let text?, nil): return string(text, "\(what).text")
    case (nil, let file?):
      guard let path = string(file, "\(what).file") else { return nil }
      return read(path, at: file.offset)
    case (nil, nil):
      fault(at: node.offset, "\(what) needs a \"text\" or a \"file\"")
    case (_?, _?):
      fault(at: node.offset, "\(what) has both a \"text\" and a \"file\"")
    }
    return nil
  }

  private mutating func read(_ path: ByteString, at offset: Int) -> ByteString? {
    guard let files else {
      fault(at: offset, "\"file\" is not allowed here: give the text itself")
      return nil
    }
    do {
      let bytes = try files.read(path.string)
      if let invalid = UTF8Validation.firstInvalidOffset(in: bytes) {
        fault(at: offset, "file \"\(path)\" is not UTF-8 at byte \(invalid)")
        return nil
      }
      return ByteString(bytes)
    } catch {
      fault(at: offset, "file \"\(path)\": \(error.reason)")
      return nil
    }
  }
}
