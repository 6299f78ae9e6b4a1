public import Bytes

/// Which documents are looked for in the texts of a request body, and where.
public struct DocumentSettings: Sendable, Hashable {
  /// How documents are told from the text around them.
  public enum Mode: String, CaseIterable, Sendable {
    /// JSON results, tags or numbers, whichever there is. What only separators or headings part is not
    /// looked for: any text may have them.
    case auto
    /// Elements of one name in a container: `<documents><document>`.
    case xmlTag = "xml_tag"
    /// `[1]`, `[2]` and so on at the beginning of lines.
    case numbered
    /// The elements of `results` in a tool result that is a JSON object.
    case jsonResults = "json_results"
    /// Lines that are a separator, such as `---`.
    case separator
    /// Markdown headings of one level.
    case markdownHeader = "markdown_header"
  }

  /// In which texts they are looked for.
  public enum Scope: String, CaseIterable, Sendable {
    /// System messages.
    case system
    /// Tool results.
    case toolResults = "tool_results"
    /// System messages, messages of the user's and tool results.
    case all
  }

  /// How documents are told from the text around them.
  public var mode: Mode
  /// The name of the elements that are documents, or of what contains them; nil for the usual names.
  public var tag: ByteString?
  /// What a line is that parts documents; nil for `---` or `===`.
  public var separator: ByteString?
  /// In which texts they are looked for.
  public var scope: Scope
  /// Whether a line behind documents that stand in another order names the most important ones.
  public var annotates: Bool

  /// Makes settings; without arguments for all usual forms in all texts, without a line.
  public init(
    mode: Mode = .auto, tag: ByteString? = nil, separator: ByteString? = nil, scope: Scope = .all,
    annotates: Bool = false
  ) {
    self.mode = mode
    self.tag = tag
    self.separator = separator
    self.scope = scope
    self.annotates = annotates
  }

  /// Whether documents are looked for in what a speaker says.
  func covers(_ speaker: TextOwner.Speaker) -> Bool {
    switch speaker {
    case .assistant: false
    case .system: scope != .toolResults
    case .tool: scope != .system
    case .user: scope == .all
    }
  }
}

/// The form in which documents stand in a text.
public enum DocumentForm: String, Sendable {
  /// Elements of one name in a container.
  case xmlTag = "xml_tag"
  /// `[1]`, `[2]` and so on at the beginning of lines.
  case numbered
  /// The elements of `results` in JSON.
  case jsonResults = "json_results"
  /// Parts between lines that are a separator.
  case separator
  /// Sections with headings of one level.
  case markdownHeader = "markdown_header"
}
