internal import Bytes
internal import ChatTemplates
internal import OrderedJSON

/// What the chat template of a model is given beside the conversation.
///
/// A keyword argument of the user's stands before one of the spec's, and that before what the model's
/// profile pins: the arguments that keep a conversation append-only, and the date. All of them go into
/// the body, so that an engine renders the same.
struct TemplateArguments {
  /// The keyword arguments.
  private(set) var members: [JSONMember]
  /// The time that the template sees.
  let clock: TemplateClock
  /// What was added to the user's own arguments, for people.
  private(set) var notes: [String] = []

  /// Puts the arguments for a spec together.
  init(_ spec: Spec, _ settings: RenderSettings, of profile: ModelProfile) {
    clock = settings.clock ?? profile.clock ?? .epoch
    members = spec.templateArguments
    for member in settings.keywordArguments {
      members.removeAll { $0.key == member.key }
      members.append(member)
    }
    for member in profile.appendOnlyArguments {
      pin(member, "keeps the history as it was")
    }
    // A date that the user names is pinned when it is known how the template spells it.
    if let date = profile.date, settings.clock == nil {
      pin(JSONMember(date.argument, JSONNode(.string(date.value))), "is the date")
    }
  }

  /// Adds the argument that stands for the time that `request` has, if the template has one.
  ///
  /// - Parameter rendered: what the template made of the request, in which it prints the time.
  /// - Returns: false if no argument pins the time.
  mutating func pinTime(
    in template: ChatTemplate, _ request: TemplateRequest, _ rendered: RenderedPrompt,
    of profile: ModelProfile
  ) -> Bool {
    let argument = profile.date?.argument ?? "date_string"
    guard !members.contains(where: { $0.key == argument }) else { return false }
    for format in Self.dateFormats {
      let member = JSONMember(argument, JSONNode(.string(request.clock.formatted(format))))
      var pinned = request
      pinned.keywordArguments.append(member)
      guard (try? template.render(pinned))?.bytes == rendered.bytes,
        !ClockUse.prints(template, pinned, rendered)
      else { continue }
      pin(member, "is the date")
      return true
    }
    return false
  }

  /// How templates spell the date: `26 Jul 2024`, `26 July 2024`, `2024-07-26`, `July 26, 2024`,
  /// `26/07/2024`.
  private static let dateFormats: [ByteString] = [
    "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%B %d, %Y", "%d/%m/%Y",
  ]

  private mutating func pin(_ member: JSONMember, _ reason: String) {
    guard !members.contains(where: { $0.key == member.key }) else { return }
    members.append(member)
    let value = String(decoding: JSONWriter.write(member.node.value), as: UTF8.self)
    notes.append("\(member.key) = \(value) \(reason)")
  }
}
