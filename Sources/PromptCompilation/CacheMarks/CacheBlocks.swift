internal import Bytes
internal import Deduplication
internal import OrderedJSON

/// A tool, a part of the system text, or a content block of a request body: what a mark can stand at.
struct CacheBlock {
  enum Section {
    case tools
    case system
    /// A message or item, by number.
    case item(Int)
  }

  var section: Section
  var node: JSONNode
  var path: ByteString
  /// What is put before a string so that it becomes a part; nil for what is a part.
  var wrapping: ByteString?
  /// What closes behind the part again.
  var closing: ByteString = "}]"
  /// Whether a mark can be put at it.
  var isMarkable: Bool
  /// Whether the caller marked it, and for how long.
  var ownMark: (isSet: Bool, lifetime: ByteString?) = (false, nil)
  /// About how many tokens it has.
  var tokens = 0

  /// The message or item that it is of; nil for tools and system text.
  var item: Int? { if case .item(let number) = section { number } else { nil } }
}

/// The blocks of a request body in the order in which the model sees them.
struct CacheBlocks {
  private let marks: CacheService.Marks
  private let estimate: TokenEstimate
  private(set) var blocks: [CacheBlock] = []
  /// How many marks the caller set.
  private(set) var ownMarkCount = 0

  init(_ outline: BodyOutline, _ marks: CacheService.Marks, _ estimate: TokenEstimate) {
    self.marks = marks
    self.estimate = estimate
    let path = outline.path
    for (index, tool) in (outline.body["tools"]?.elements ?? []).enumerated() {
      add(
        tool, .tools, path + "/tools/\(index)", isMarkable: marks == .cacheControl,
        text: BodyOutline.canonical(tool))
    }
    if let system = outline.system {
      let isMarkable = marks == .cacheControl
      let name = outline.form == .messages ? "/system" : "/instructions"
      addContent(system, .system, path + name, type: "text", isMarkable: isMarkable)
    }
    addItems(outline)
  }

  private mutating func addItems(_ outline: BodyOutline) {
    var isLeading = outline.system == nil
    for (index, item) in outline.items.enumerated() {
      if outline.form == .input, item.string != nil {
        add(
          item, .item(0), outline.path + "/input", isMarkable: true, text: item.string?.bytes ?? [],
          wrapping: #"[{"role":"user","content":[{"type":"input_text","text":"#, closing: "}]}]")
        continue
      }
      let role = item["role"]?.string ?? ""
      isLeading = isLeading && TextOwner.Speaker(role: role) == .system && !role.isEmpty
      // What the model said is never the end of what is sent.
      let isMarkable = !BodyOutline.isOfModel(item)
      let name: ByteString = item["content"] == nil && outline.form == .input ? "output" : "content"
      let path = outline.path + (outline.form == .input ? "/input" : "/messages") + "/\(index)"
      if let content = item[name], !content.isNull {
        addContent(
          content, isLeading ? .system : .item(index), path + "/\(name)",
          type: outline.form == .input ? "input_text" : "text", isMarkable: isMarkable)
      }
      for call in ["tool_calls", "arguments"] as [ByteString] where item[call] != nil {
        add(
          item, .item(index), path, isMarkable: false, text: BodyOutline.canonical(item[call]))
      }
    }
  }

  private mutating func addContent(
    _ content: JSONNode, _ section: CacheBlock.Section, _ path: ByteString, type: ByteString,
    isMarkable: Bool
  ) {
    if let text = content.string {
      let wrapping = ByteString("[{\"type\":\"\(type)\",\"text\":")
      return add(
        content, section, path, isMarkable: isMarkable && !text.isEmpty, text: text.bytes,
        wrapping: wrapping)
    }
    for (index, part) in (content.elements ?? []).enumerated() {
      add(
        part, section, path + "/\(index)", isMarkable: isMarkable && canStand(at: part),
        text: Self.text(of: part))
    }
  }

  /// Whether the service takes a mark at a part.
  private func canStand(at part: JSONNode) -> Bool {
    switch part["type"]?.string {
    case "text", "input_text": !(part["text"]?.string?.isEmpty ?? true)
    case "image", "document", "search_result", "tool_result", "tool_use": marks == .cacheControl
    default: false
    }
  }

  private mutating func add(
    _ node: JSONNode, _ section: CacheBlock.Section, _ path: ByteString, isMarkable: Bool,
    text: [UInt8], wrapping: ByteString? = nil, closing: ByteString = "}]"
  ) {
    let key = ByteString(marks.rawValue)
    let own = ownMarks(in: node, key)
    ownMarkCount += own.count
    let isFree = node.members.map { members in
      !members.isEmpty && !members.contains { $0.key == key }
    }
    blocks.append(
      CacheBlock(
        section: section, node: node, path: path, wrapping: wrapping, closing: closing,
        isMarkable: isMarkable && isFree ?? (wrapping != nil),
        ownMark: (!own.isEmpty, own.last?["ttl"]?.string), tokens: estimate.count(text)))
  }

  /// The caller's marks in a block: its own, and those in the content of a tool result.
  private func ownMarks(in node: JSONNode, _ key: ByteString) -> [JSONNode] {
    let inner = (node["content"]?.elements ?? []).flatMap { ownMarks(in: $0, key) }
    guard let own = node[key], !own.isNull else { return inner }
    return inner + [own]
  }

  /// The text of a part, as far as it is known to be text: a count that is rather too low.
  private static func text(of part: JSONNode) -> [UInt8] {
    func texts(_ content: JSONNode?) -> [UInt8] {
      content?.string?.bytes ?? (content?.elements ?? []).flatMap(text)
    }
    switch part["type"]?.string {
    case "text", "input_text", "output_text": return part["text"]?.string?.bytes ?? []
    case "tool_result", "search_result": return texts(part["content"])
    case "tool_use": return BodyOutline.canonical(part["input"])
    case "document":
      let source = part["source"]
      return source?["type"]?.string == "text" ? texts(source?["data"]) : texts(source?["content"])
    default: return []
    }
  }
}
