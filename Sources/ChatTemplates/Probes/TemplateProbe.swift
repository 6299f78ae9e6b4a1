public import Bytes
public import OrderedJSON

/// Finds out what a chat template does to a prefix, by rendering conversations whose texts are marks.
///
/// Each question renders what it needs and no more; `findings` asks them all.
/// ```swift
/// let probe = TemplateProbe(template)
/// probe.slot(of: .system)           // found(head, stays in place)
/// probe.history(in: .reasoning)     // found(broken, byte 87: "<think>" is gone)
/// ```
/// A template that refuses a conversation is no error: that is what is found.
public struct TemplateProbe: Sendable {
  /// How many tokens two texts have in common at their beginning; nil if that cannot be told.
  public typealias SharedTokens = @Sendable (_ first: [UInt8], _ second: [UInt8]) -> Int?

  let template: ChatTemplate
  let toolTemplate: ChatTemplate
  let specialTokens: [JSONMember]
  let keywordArguments: [JSONMember]
  let clock: TemplateClock
  let sharedTokens: SharedTokens?

  /// Makes a probe.
  ///
  /// - Parameters:
  ///   - template: the template of conversations without tools.
  ///   - toolTemplate: the template of conversations with tools; nil if it is the same.
  ///   - specialTokens: the special tokens of the model; nil puts their names, such as `<bos_token>`, in
  ///     their place.
  ///   - keywordArguments: what every conversation is rendered with.
  ///   - clock: the time that the template sees.
  ///   - sharedTokens: counts tokens, if there is a vocabulary.
  public init(
    _ template: ChatTemplate, withTools toolTemplate: ChatTemplate? = nil,
    specialTokens: [JSONMember]? = nil, keywordArguments: [JSONMember] = [],
    clock: TemplateClock = .epoch, sharedTokens: SharedTokens? = nil
  ) {
    self.template = template
    self.toolTemplate = toolTemplate ?? template
    self.specialTokens = specialTokens ?? Self.placeholders(for: template.freeNames)
    self.keywordArguments = keywordArguments
    self.clock = clock
    self.sharedTokens = sharedTokens
  }

  private static func placeholders(for names: [ByteString]) -> [JSONMember] {
    names.filter(isSpecialToken).map { JSONMember($0, JSONNode(.string(placeholder($0)))) }
  }

  static func placeholder(_ name: ByteString) -> ByteString {
    ByteString([UInt8(ascii: "<")] + name.bytes + [UInt8(ascii: ">")])
  }

  static func isSpecialToken(_ name: ByteString) -> Bool {
    name.bytes.suffix(6).elementsEqual("_token".utf8)
  }
}

// MARK: - Rendering

extension TemplateProbe {
  /// Renders a conversation, or its first `count` messages.
  func render(
    _ conversation: ProbeConversation, first count: Int? = nil, prompting: Bool = false,
    arguments: [JSONMember] = [], clock: TemplateClock? = nil
  ) throws(TemplateRefusal) -> RenderedPrompt {
    let request = TemplateRequest(
      messages: Array(conversation.messages.prefix(count ?? conversation.messages.count)),
      tools: conversation.tools, documents: conversation.documents, addGenerationPrompt: prompting,
      keywordArguments: keywordArguments + arguments, specialTokens: specialTokens,
      clock: clock ?? self.clock)
    do {
      return try (conversation.tools == nil ? template : toolTemplate).render(request)
    } catch {
      throw TemplateRefusal(error)
    }
  }

  /// How conversations are written for the template: texts as strings if it prints those, else as lists
  /// of parts; without a system message if it refuses one.
  var style: ProbeConversation.Style {
    var style = ProbeConversation.Style()
    if !prints(style) {
      style.hasParts = true
      style.hasParts = prints(style)
    }
    var conversation = ProbeConversation(style)
    conversation.addSystem()
    conversation.addUser()
    style.hasSystem = (try? render(conversation)) != nil
    return style
  }

  private func prints(_ style: ProbeConversation.Style) -> Bool {
    var conversation = ProbeConversation(style)
    conversation.addUser()
    guard let rendered = try? render(conversation) else { return false }
    return rendered.extent(of: "messages[0].content") != nil
  }

  /// How two texts differ first.
  func difference(_ first: [UInt8], _ second: [UInt8]) -> TextDifference? {
    TextDifference(first, second, sharedTokens: sharedTokens)
  }
}

extension RenderedPrompt {
  /// The stretch from the first to the last byte that comes from strings whose paths begin with
  /// `path`; nil if nothing does.
  func extent(of path: String) -> ByteRange? {
    let path = Array(path.utf8)
    let isOwn = sources.map { $0.bytes.starts(with: path) }
    var extent: ByteRange?
    for span in spans where isOwn.indices.contains(span.source) && isOwn[span.source] {
      let range = span.outputRange
      extent = ByteRange(
        min(extent?.start ?? range.start, range.start), max(extent?.end ?? range.end, range.end))
    }
    return extent
  }
}

extension RenderedPrompt {
  /// The stretch from the first to the last byte that is printed of the string whose path begins with
  /// `path`; nil if nothing is.
  func sourceRange(of path: String) -> ByteRange? {
    let path = Array(path.utf8)
    let ranges = spans.filter {
      sources.indices.contains($0.source) && sources[$0.source].bytes.starts(with: path)
    }.map(\.sourceRange)
    guard let start = ranges.map(\.start).min(), let end = ranges.map(\.end).max() else {
      return nil
    }
    return ByteRange(start, end)
  }
}

extension ChatTemplate {
  /// The names that the template reads and does not always set itself: variables of the request and
  /// keyword arguments, in the order in which they are first read.
  public var freeNames: [ByteString] {
    let names = tree.names.names
    var isFree = [Bool](repeating: false, count: names.count)
    for reference in tree.references where reference.usesContext {
      isFree[reference.name] = true
    }
    return names.indices.filter { isFree[$0] && Globals.named(names[$0]) == nil }.map { names[$0] }
  }
}
