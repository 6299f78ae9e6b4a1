internal import Bytes
internal import ChatTemplates
internal import OrderedJSON

/// Where in what the user wrote a part of a prompt comes from.
public struct PromptPlace: Hashable, Sendable {
  /// The field of the spec, such as `blocks[2].text`, or `chat template qwen3`.
  public var field: String
  /// The file; nil for the words of the template.
  public var file: String?
  /// The line from 1; nil where it is not known.
  public var line: Int?
  /// The column from 1 in code points; nil where it is not known.
  public var column: Int?

  /// Makes a place.
  public init(field: String, file: String? = nil, line: Int? = nil, column: Int? = nil) {
    self.field = field
    self.file = file
    self.line = line
    self.column = column
  }

  /// `prompts/a.json:3:14, field "system"`.
  public var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
    return place.isEmpty ? field : "\(place.joined(separator: ":")), field \"\(field)\""
  }
}

extension TokenizedPrompt {
  /// Where byte `offset` of a section's text comes from; nil if the prompt was not compiled from a spec.
  ///
  /// A line in a text is exact where the text stands in the prompt as it was given up to there; else it
  /// is that of the text's beginning.
  func place(of section: Section, at offset: Int) -> PromptPlace? {
    guard let compiled else { return nil }
    let content = compiled.text[section.content.start..<section.content.end]
    let within = min(max(offset - section.content.start, 0), content.count)
    let isInContent = offset >= section.content.start
    let reader = SpecPlaceReader(compiled.spec)
    switch section.kind {
    case .system:
      if compiled.spec.system == nil {
        return reader.place([.key("conversation"), .index(0), .key("content")], content, within)
      }
      return reader.place([.key("system")], content, within)
    case .tools: return reader.place([.key("tools")], [], 0)
    case .query:
      guard compiled.spec.query == nil else {
        return reader.place([.key("query")], content, within)
      }
      let last = compiled.spec.conversation.lastIndex { $0.role == "user" } ?? 0
      return reader.place(
        [.key("conversation"), .index(last), .key("content")], content, within)
    case .annotation: return reader.place([.key("policy"), .key("annotate")], [], 0)
    case .turn:
      let index = section.label.flatMap { Int($0.string) } ?? 0
      return reader.place(
        [.key("conversation"), .index(index), .key("content")], content, within)
    case .block, .reference:
      guard let block = compiled.blocks.first(where: { $0.label == section.label }) else {
        return nil
      }
      guard section.kind == .block, isInContent else {
        // A frame begins with the label; one that is made of the content changes with the text.
        let isInLabel =
          offset - section.bytes.start < BlockFrame.labelStart
          + BlockFrame.escaped(block.label).count
        let field: ByteString = !isInLabel ? "title" : block.isNamed ? "id" : "text"
        return reader.place([.key("blocks"), .index(block.index), .key(field)], [], 0)
      }
      return reader.placeOfBlock(block, content, within)
    // It was sent with an earlier spec.
    case .earlierBlock: return nil
    case .opening, .closing:
      return PromptPlace(field: "chat template \(compiled.seal.template)")
    }
  }
}

/// Finds values in the source of a spec.
struct SpecPlaceReader {
  /// A step into a value.
  enum Step {
    case key(ByteString)
    case index(Int)
  }

  private let spec: Spec
  /// The source parsed once more; nil if it is not JSON.
  private let root: JSONNode?

  init(_ spec: Spec) {
    self.spec = spec
    root = spec.source.flatMap { try? JSONParser.parse($0.bytes, loneSurrogates: .replaced) }
  }

  /// The place of byte `offset` of the text at a path.
  func place(
    _ steps: [Step], _ content: ArraySlice<UInt8>, _ offset: Int
  ) -> PromptPlace {
    var place = PromptPlace(field: name(of: steps), file: spec.name)
    guard let source = spec.source else { return place }
    let node = node(at: steps)
    var position = node?.offset ?? fallback(steps)
    if let node, let text = node.string,
      text.bytes.starts(with: content.prefix(offset)),
      let exact = Self.position(ofByte: offset, inStringAt: node.offset, source.bytes)
    {
      position = exact
    }
    (place.line, place.column) = source.position(at: position)
    return place
  }

  /// The place of byte `offset` of the text of a block, which may be in a file of its own.
  func placeOfBlock(
    _ block: ContextBlock, _ content: ArraySlice<UInt8>, _ offset: Int
  ) -> PromptPlace {
    let steps: [Step] = [.key("blocks"), .index(block.index)]
    guard let file = node(at: steps)?["file"]?.string else {
      return place(steps + [.key("text")], content, offset)
    }
    let folder = Paths.folder(of: spec.name)
    var place = PromptPlace(
      field: name(of: steps + [.key("file")]),
      file: folder == "." ? file.string : "\(folder)/\(file)")
    // What is folded has other lines than the file.
    if block.folded == nil {
      place.line = 1 + content.prefix(offset).count { $0 == UInt8(ascii: "\n") }
    }
    return place
  }

  private func node(at steps: [Step]) -> JSONNode? {
    var node = root
    for step in steps {
      switch step {
      case .key(let step): node = node?[key(step)]
      case .index(let index):
        guard let elements = node?.elements, elements.indices.contains(index) else { return nil }
        node = elements[index]
      }
    }
    return node
  }

  /// The nearest place that the spec itself knows.
  private func fallback(_ steps: [Step]) -> Int {
    guard case .key(let key)? = steps.first else { return 0 }
    if steps.count > 1, case .index(let index) = steps[1] {
      if key == "blocks", spec.blocks.indices.contains(index) { return spec.blocks[index].offset }
      if spec.conversation.indices.contains(index) { return spec.conversation[index].offset }
    }
    switch key {
    case "system": return spec.system?.offset ?? 0
    case "query": return spec.query?.offset ?? 0
    case "tools": return spec.tools?.offset ?? 0
    default: return root?.offset ?? 0
    }
  }

  /// Request bodies have their conversation in `messages`.
  private var isBody: Bool { root?["cpc"] == nil && root?["messages"] != nil }

  private func key(_ key: ByteString) -> ByteString {
    key == "conversation" && isBody ? "messages" : key
  }

  private func name(of steps: [Step]) -> String {
    steps.reduce(into: "") { name, step in
      switch step {
      case .key(let step):
        let key = key(step)
        name += name.isEmpty ? key.string : ".\(key)"
      case .index(let index): name += "[\(index)]"
      }
    }
  }

  /// Where byte `offset` of a JSON string is spelled; nil if the string ends before.
  private static func position(
    ofByte offset: Int, inStringAt start: Int, _ source: [UInt8]
  ) -> Int? {
    guard source.indices.contains(start), source[start] == UInt8(ascii: "\"") else { return nil }
    var position = start + 1
    var decoded = 0
    while decoded < offset, source.indices.contains(position) {
      guard source[position] == UInt8(ascii: "\\"), source.indices.contains(position + 5) else {
        position += 1
        decoded += 1
        continue
      }
      guard source[position + 1] == UInt8(ascii: "u") else {
        position += 2
        decoded += 1
        continue
      }
      let digits = String(decoding: source[(position + 2)..<(position + 6)], as: UTF8.self)
      let code = Int(digits, radix: 16) ?? 0
      position += 6
      // The two halves of a character beyond U+FFFF have four bytes together.
      decoded += code < 0x80 ? 1 : code < 0x800 || (0xD800..<0xE000).contains(code) ? 2 : 3
    }
    return position
  }
}
