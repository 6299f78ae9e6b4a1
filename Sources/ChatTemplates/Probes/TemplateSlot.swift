internal import Bytes

/// Where a template puts a part of a request.
public struct TemplateSlot: Hashable, Sendable {
  /// What has a place of its own in a prompt.
  public enum Part: String, Sendable, CaseIterable {
    case system, tools, documents
  }

  /// Places in a prompt.
  public enum Place: String, Sendable {
    /// Nowhere: the template does not print it.
    case absent
    /// Before the first user message.
    case head
    /// Inside the first user message.
    case firstUser = "first_user"
    /// Behind the first user message and before the last one.
    case middle
    /// Between the last answer and the last user message, in a frame of its own.
    case beforeLastUser = "before_last_user"
    /// Inside the last user message.
    case lastUser = "last_user"
    /// Behind the last user message.
    case end
  }

  /// The place in a conversation of three questions.
  public var place: Place
  /// Whether adding a turn changes the text up to the end of the part: nothing that stands behind it can
  /// be shared by the prompts of one conversation.
  public var moves: Bool

  /// Makes a slot.
  public init(place: Place, moves: Bool) {
    self.place = place
    self.moves = moves
  }
}

extension TemplateProbe {
  /// Where the template puts a part of a request, and whether it stays there as turns are added.
  public func slot(of part: TemplateSlot.Part) -> ProbeOutcome<TemplateSlot> {
    ProbeOutcome { () throws(TemplateRefusal) in
      var style = self.style
      style.hasSystem = part == .system || style.hasSystem
      var prompts: [(text: [UInt8], end: Int)?] = []
      var place = TemplateSlot.Place.absent
      for turns in 1...3 {
        let conversation = Self.conversation(turns: turns, with: part, style)
        let rendered = try render(conversation, prompting: true)
        let extent = rendered.extent(of: Self.path(of: part))
        prompts.append(extent.map { (rendered.bytes, $0.end) })
        place =
          extent.map { Self.place(of: $0, in: rendered, hasSystem: style.hasSystem) } ?? .absent
      }
      let moves = zip(prompts, prompts.dropFirst()).contains { earlier, later in
        guard let earlier, let later else { return (earlier == nil) != (later == nil) }
        return earlier.end != later.end
          || TextDifference.sharedCount(earlier.text, later.text) < earlier.end
      }
      return TemplateSlot(place: place, moves: moves)
    }
  }

  private static func path(of part: TemplateSlot.Part) -> String {
    switch part {
    case .system: "messages[0].content"
    case .tools: "tools["
    case .documents: "documents["
    }
  }

  private static func conversation(
    turns: Int, with part: TemplateSlot.Part, _ style: ProbeConversation.Style
  ) -> ProbeConversation {
    var conversation = ProbeConversation(style)
    if style.hasSystem { conversation.addSystem() }
    switch part {
    case .system: break
    case .tools: conversation.addTools()
    case .documents: conversation.addDocuments()
    }
    for turn in 1...turns {
      if turn > 1 { conversation.addAnswer() }
      conversation.addUser()
    }
    return conversation
  }

  /// The place of `extent` in the prompt of a conversation, told by the texts around it.
  private static func place(
    of extent: ByteRange, in rendered: RenderedPrompt, hasSystem: Bool
  ) -> TemplateSlot.Place {
    let first = hasSystem ? 1 : 0
    let texts = rendered.messageExtents.dropFirst(first)
    guard let question = texts.first, let last = texts.last else { return .head }
    let before = texts.filter { $0.start < extent.start }.count
    if before == texts.count { return .end }
    if before > 0, before < texts.count - 1 { return .middle }
    let system = hasSystem ? rendered.extent(of: "messages[0].content") : nil
    let next = before == 0 ? question : last
    let isOpened = isInside(
      next, behind: extent, system: system, header: header(of: texts, rendered), rendered)
    if before == 0 { return isOpened ? .firstUser : .head }
    return isOpened ? .lastUser : .beforeLastUser
  }

  /// What the template writes between an answer and the user message behind it.
  private static func header(
    of texts: ArraySlice<ByteRange>, _ rendered: RenderedPrompt
  ) -> ArraySlice<UInt8> {
    let list = Array(texts.prefix(3))
    guard list.count == 3, list[1].end <= list[2].start else { return [] }
    return rendered.bytes[list[1].end..<list[2].start]
  }

  /// Whether `extent` stands inside the user message whose text begins at `user.start`: the words that
  /// begin a user message do not stand between the two.
  private static func isInside(
    _ user: ByteRange, behind extent: ByteRange, system: ByteRange?, header: ArraySlice<UInt8>,
    _ rendered: RenderedPrompt
  ) -> Bool {
    var end = user.start
    if let system, system != extent, system.start >= extent.end, system.end <= user.start {
      // With the system text between, it matters whether that is inside the message.
      guard isInside(user, behind: system, system: nil, header: header, rendered) else {
        return false
      }
      end = system.start
    }
    guard extent.end <= end else { return true }
    let gap = rendered.bytes[extent.end..<end]
    let shared = zip(gap.reversed(), header.reversed()).prefix { $0 == $1 }
    return !shared.contains { $0.0 > 0x20 }
  }
}

extension RenderedPrompt {
  /// Where the text of each message stands, in order; those that are not printed are left out.
  var messageExtents: [ByteRange] {
    var extents: [ByteRange] = []
    var index = 0
    let paths = Set(sources)
    while paths.contains(ByteString("messages[\(index)].role")) {
      if let extent = extent(of: "messages[\(index)].content") { extents.append(extent) }
      index += 1
    }
    return extents
  }
}
