public import Bytes
internal import ChatTemplates
internal import OrderedJSON

/// Where a byte of a head comes from: a member of the spec with its file and line, or the words of the
/// chat template.
public struct HeadPlace: Hashable, Sendable {
  /// The file, as the user named it.
  public var file: String
  /// The line from 1; nil where there is none.
  public var line: Int?
  /// The column from 1, in code points; nil where only the line is known.
  public var column: Int?
  /// The member of the spec, such as `system` or `tools[1].function.description`; nil for the words of
  /// the chat template.
  public var field: ByteString?
}

extension PromptHead {
  /// The section that holds a byte of the text, or else the last; nil if there is none.
  func section(at byte: Int) -> HeadSection? {
    sections.first { byte < $0.bytes.end } ?? sections.last
  }

  /// Where byte `byte` of the text comes from.
  ///
  /// - Complexity: linear in the spec's source and in the spans of the text.
  public func place(ofByte byte: Int) -> HeadPlace {
    guard let section = section(at: byte) else { return whole }
    let span = rendered.spans.first { $0.outputRange.start <= byte && byte < $0.outputRange.end }
    switch section.kind {
    case .block, .reference: return place(ofByte: byte, inBlock: section, span)
    case .tools where span == nil: return placeOfTools(near: byte, in: section)
    default: break
    }
    guard let span else { return whole }
    let path = rendered.sources[span.source]
    let offset = span.isVerbatim ? byte - span.outputRange.start + span.sourceRange.start : 0
    switch RenderedSources.Owner(path) {
    case .tools: return place(ofTool: path, offset: offset)
    case .message:
      guard let content = spec.system else {
        return spec.place(at: spec.conversation.first?.offset ?? 0, "conversation[0].content")
      }
      return place(in: content, offset: offset)
    case .other:
      let prefix = Array("keyword_arguments.".utf8)
      guard path.bytes.starts(with: prefix) else { return whole }
      let name = ByteString(Array(path.bytes.dropFirst(prefix.count)))
      let member = spec.templateArguments.last { $0.key == name }
      guard let member else { return whole }
      return spec.place(at: member.node.offset, ByteString("template_kwargs.\(name)"))
    }
  }

  /// The member `field` of the spec, for what is not in this head any more; its parent where it is gone.
  func place(ofField field: ByteString?) -> HeadPlace {
    switch field {
    case nil: return whole
    case "system": return spec.place(at: spec.system?.offset ?? 0, "system")
    case "tools": return spec.place(at: spec.tools?.offset ?? 0, "tools")
    default:
      let block = spec.blocks.first { $0.pin == .first } ?? spec.blocks.first
      return spec.place(at: block?.offset ?? 0, "blocks")
    }
  }

  /// The spec as a whole.
  private var whole: HeadPlace { HeadPlace(file: spec.name) }

  private func place(in content: Content, offset: Int) -> HeadPlace {
    guard case .text(let text)? = content.parts.first, content.parts.count == 1 else {
      return spec.place(at: content.offset, "system")
    }
    let shown = rendered.text(from: "messages[0].content")
    return spec.place(of: text, at: content.offset, "system", offset: offset, shown: shown)
  }

  private func place(
    ofByte byte: Int, inBlock section: HeadSection, _ span: RenderedSpan?
  ) -> HeadPlace {
    let digits = section.field?.bytes.filter { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? []
    guard let index = Int(ByteString(digits).string), spec.blocks.indices.contains(index) else {
      return place(ofField: section.field)
    }
    let content = Self.contentStart(of: section, in: text)
    guard byte >= content else {
      return spec.place(at: spec.blocks[index].offset, ByteString("blocks[\(index)]"))
    }
    return spec.place(
      ofBlock: index, offset: byte - content, shown: Array(text[content..<section.bytes.end]))
  }

  /// Where the text of a block begins behind the first line of its frame.
  private static func contentStart(of section: HeadSection, in text: [UInt8]) -> Int {
    let frame = text[section.bytes.start..<section.bytes.end]
    return frame.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? section.bytes.end
  }

  /// The tool that stands at or behind a byte that comes from no string.
  private func placeOfTools(near byte: Int, in section: HeadSection) -> HeadPlace {
    let next = rendered.spans.first { span in
      span.outputRange.start >= byte && span.outputRange.start < section.bytes.end
        && RenderedSources.Owner(rendered.sources[span.source]) == .tools
    }
    guard let next else { return place(ofField: "tools") }
    return place(ofTool: rendered.sources[next.source], offset: 0)
  }

  private func place(ofTool path: ByteString, offset: Int) -> HeadPlace {
    guard let tools = spec.tools,
      let node = tools.node(at: path.bytes.dropFirst("tools".utf8.count))
    else { return place(ofField: "tools") }
    guard let text = node.string else { return spec.place(at: node.offset, path) }
    return spec.place(of: text, at: node.offset, path, offset: offset, shown: nil)
  }
}

extension RenderedPrompt {
  /// The part of a string that stands in the text unchanged, if it does from its beginning.
  fileprivate func text(from path: ByteString) -> [UInt8]? {
    guard let source = sources.firstIndex(of: path),
      let span = spans.first(where: { $0.source == source && $0.isVerbatim }),
      span.sourceRange.start == 0
    else { return nil }
    return Array(bytes[span.outputRange.start..<span.outputRange.end])
  }
}

extension JSONNode {
  /// The value at a path such as `[0].function.name`; nil if there is none.
  func node(at path: ArraySlice<UInt8>) -> JSONNode? {
    var node = self
    for step in path.split(whereSeparator: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") }) {
      if step.last == UInt8(ascii: "]"), let elements = node.elements {
        guard let index = Int(ByteString(Array(step.dropLast())).string),
          elements.indices.contains(index)
        else { return nil }
        node = elements[index]
      } else {
        guard let member = node[ByteString(Array(step))] else { return nil }
        node = member
      }
    }
    return node
  }
}

extension Spec {
  /// The place of what stands at byte `offset` of the source.
  func place(at offset: Int, _ field: ByteString?) -> HeadPlace {
    var place = HeadPlace(file: name, field: field)
    if let source = source { (place.line, place.column) = source.position(at: offset) }
    return place
  }

  /// The place of byte `offset` of a string of the spec. Where variables or normalisation changed what
  /// stands before it, the place of the string.
  ///
  /// - Parameter shown: the string as the prompt has it; nil if it is the spec's.
  func place(
    of text: ByteString, at start: Int, _ field: ByteString, offset: Int, shown: [UInt8]?
  ) -> HeadPlace {
    let fallback = place(at: start, field)
    guard let source, let scalar = SourceScalar(at: start, in: source.bytes) else {
      return fallback
    }
    if let shown, !shown.prefix(offset).elementsEqual(text.bytes.prefix(offset)) { return fallback }
    return scalar.offset(ofByte: offset, of: text.bytes).map { place(at: $0, field) } ?? fallback
  }

  /// The place of byte `offset` of the text of block `index`: in its file, if it has one.
  func place(ofBlock index: Int, offset: Int, shown: [UInt8]?) -> HeadPlace {
    let block = blocks[index]
    guard let file = block.file else {
      return place(
        of: block.text, at: block.textOffset, ByteString("blocks[\(index)].text"), offset: offset,
        shown: shown)
    }
    let folder = Paths.folder(of: name)
    var place = HeadPlace(
      file: folder == "." ? file.string : "\(folder)/\(file)",
      field: ByteString("blocks[\(index)].file"))
    let text = shown ?? block.text.bytes
    (place.line, place.column) = SourceText(name: "", bytes: text).position(at: offset)
    return place
  }
}
