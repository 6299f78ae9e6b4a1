internal import Bytes

/// Documents that are elements of one name in a container:
/// ```
/// <documents>
/// <document id="a">...</document>
/// <document id="b">...</document>
/// </documents>
/// ```
/// A document is all of its element: attributes, inner tags, text. Containers in containers, documents in
/// documents, and containers with documents of two names are left alone.
struct TaggedDocuments {
  private let containers: [ByteString]
  private let items: [ByteString]

  /// Takes the usual names.
  ///
  /// - Parameter tag: the name of documents or of what contains them, in place of the usual ones.
  init(tag: ByteString? = nil) {
    let usual: [ByteString] = [
      "documents", "contexts", "docs", "passages", "references", "files",
    ]
    let usualItems: [ByteString] = ["document", "context", "doc", "passage", "reference", "file"]
    guard let tag, !tag.isEmpty else {
      containers = usual
      items = usualItems
      return
    }
    let isContainer = usual.contains(tag)
    containers = isContainer ? [tag] : usual + [ByteString(tag.bytes + "s".utf8)]
    items = isContainer ? usualItems : [tag]
  }

  /// The groups of a text, one for each container with two documents or more.
  func groups(in text: [UInt8]) -> [DocumentGroup] {
    var reading = TagReading(TagScanner(text, names: containers + items), Set(containers), text)
    while let tag = reading.scanner.next() { reading.take(tag) }
    return reading.scanner.isBroken ? [] : reading.groups
  }
}

/// How far the tags of a text are read.
private struct TagReading {
  /// A container that is open.
  struct Container {
    var name: ByteString
    var content: Int
    var documents: [ByteRange] = []
    var openings: [TagScanner.Tag] = []
    /// The tag that the current document begins with.
    var current: TagScanner.Tag?
    var isSound = true
    /// How many containers of its name are open in it.
    var depth = 0
  }

  var scanner: TagScanner
  private(set) var groups: [DocumentGroup] = []
  private let containers: Set<ByteString>
  private let text: [UInt8]
  private var open: Container?
  /// Containers that seemed to open before one that did, and how many groups there were then.
  private var mentions: [(name: ByteString, groupCount: Int)] = []

  init(_ scanner: TagScanner, _ containers: Set<ByteString>, _ text: [UInt8]) {
    self.scanner = scanner
    self.containers = containers
    self.text = text
  }

  mutating func take(_ tag: TagScanner.Tag) {
    let isContainer = containers.contains(tag.name)
    guard open != nil else {
      if isContainer { takeOutside(tag) }
      return
    }
    if isContainer { takeContainer(tag) } else { takeItem(tag) }
  }

  private mutating func takeOutside(_ tag: TagScanner.Tag) {
    switch tag.kind {
    case .opening: open = Container(name: tag.name, content: tag.range.end)
    case .closing:
      // What was taken for a mention encloses the groups since.
      guard let index = mentions.lastIndex(where: { $0.name == tag.name }) else { return }
      groups.removeLast(groups.count - mentions[index].groupCount)
      mentions.removeSubrange(index...)
    case .empty: break
    }
  }

  private mutating func takeContainer(_ tag: TagScanner.Tag) {
    guard var container = open, tag.kind != .empty else { return }
    open = nil  // else what is appended to the container would be copied
    let isEmpty = container.documents.isEmpty && container.current == nil
    if tag.kind == .opening, isEmpty, container.isSound {
      mentions.append((container.name, groups.count))
      open = Container(name: tag.name, content: tag.range.end)
      return
    }
    if tag.name != container.name {
      container.isSound = false
    } else if tag.kind == .opening {
      container.isSound = false
      container.depth += 1
    } else if container.depth > 0 {
      container.depth -= 1
    } else {
      return close(container, at: tag)
    }
    open = container
  }

  private mutating func takeItem(_ tag: TagScanner.Tag) {
    guard var container = open else { return }
    open = nil
    defer { open = container }
    if let current = container.current {
      guard tag.name == current.name else { return }
      switch tag.kind {
      case .opening: container.isSound = false
      case .empty: break
      case .closing:
        container.documents.append(ByteRange(current.range.start, tag.range.end))
        container.openings.append(current)
        container.current = nil
      }
      return
    }
    if let first = container.openings.first, first.name != tag.name { container.isSound = false }
    switch tag.kind {
    case .opening: container.current = tag
    case .closing: container.isSound = false
    case .empty:
      container.documents.append(tag.range)
      container.openings.append(tag)
    }
  }

  private mutating func close(_ container: Container, at tag: TagScanner.Tag) {
    guard container.isSound, container.current == nil, container.documents.count >= 2,
      let documents = DocumentCompanions(
        container.documents, in: ByteRange(container.content, tag.range.start), of: text
      ).documents
    else { return }
    var group = DocumentGroup(
      form: .xmlTag, documents: documents, lineOffset: tag.range.end)
    for name in ["id", "index", "name", "title", "source"] as [ByteString]
    where group.labels == nil {
      group.name(container.openings.map { scanner.attribute(name, of: $0) })
    }
    groups.append(group)
  }
}
