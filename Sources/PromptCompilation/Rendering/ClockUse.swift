internal import ChatTemplates

/// Finds out whether a prompt depends on the time.
enum ClockUse {
  /// Whether a template prints the time in a request: whether another time gives another text.
  ///
  /// A template that asks for the time need not print it: it may have an argument that stands before it.
  ///
  /// - Parameter rendered: what the template made of the request.
  static func prints(
    _ template: ChatTemplate, _ request: TemplateRequest, _ rendered: RenderedPrompt
  ) -> Bool {
    guard template.mentionsClock else { return false }
    var other = request
    other.clock = request.clock.counterpart
    // A template that refuses another time depends on it too.
    return (try? template.render(other))?.bytes != rendered.bytes
  }

  /// Why an engine may render another prompt.
  static func reason(_ clock: TemplateClock) -> String {
    "the chat template prints the time, and no argument pins it: this prompt has that of \(clock), an "
      + "engine takes its own"
  }

  /// What to say of a time that nobody chose.
  static let unchosen =
    "the chat template prints the time, and none is given: it sees \(TemplateClock.epoch); give --now"
}
