public import Bytes
public import ContextIndex

/// How a prompt is compiled: the `policy` of a spec.
public struct Policy: Hashable, Sendable {
  /// In which order the blocks stand.
  public enum Order: String, Sendable, CaseIterable {
    /// What is believed to be cached first, where the compiler has an index; else as listed.
    case cached
    /// As listed.
    case given
    /// Most important first.
    case importance
    /// By label: the same for the same blocks, however they are listed.
    case canonical
  }

  /// How the original importance order is told to the model where the blocks stand in another.
  public struct Annotation: Hashable, Sendable {
    /// What the line says.
    public enum Style: String, Sendable, CaseIterable {
      /// The labels of the most important blocks, best first.
      case top
      /// All labels, best first.
      case ranking
      /// The labels of the most important blocks with their importance.
      case scores
      /// There is no line.
      case none
    }

    /// The language of the line, by its code in ISO 639-1.
    public enum Language: String, Sendable, CaseIterable {
      /// That of the query, where it is clear; else English.
      case auto
      case ar, cs, de, el, en, es, fa, fr, he, hi, id, it, ja, ko, nl, pl, pt, ru, sv, th, tr, uk,
        vi, zh
    }

    /// What the line says.
    public var style = Style.top
    /// How many labels `top` and `scores` name.
    public var count = 5
    /// The language of the line.
    public var language = Language.auto

    /// Makes the default: the top 5.
    public init() {}
  }

  /// What happens to text of the user's that the model would read as a token of its own, such as
  /// `<|im_end|>` in a document.
  public enum ControlTokens: String, Sendable, CaseIterable {
    /// It is an error that names the place.
    case error
    /// A backslash is put behind its first character.
    case escape
    /// It stays, and becomes that token.
    case keep
  }

  /// How text is normalised.
  public struct Normalization: Hashable, Sendable {
    /// The Unicode normalisation form.
    public enum Form: String, Sendable, CaseIterable {
      case nfc
      case none
    }

    /// The Unicode normalisation form.
    public var form = Form.nfc
    /// Whether CR LF and CR become LF.
    public var unifiesLineEnds = true
    /// Whether U+FEFF and the control characters of ASCII but tab, line feed and form feed go.
    public var removesControls = true

    /// Makes the default: all of it.
    public init() {}

    /// None of it.
    public static let off: Normalization = {
      var normalization = Normalization()
      normalization.form = .none
      normalization.unifiesLineEnds = false
      normalization.removesControls = false
      return normalization
    }()
  }

  /// In which order the blocks stand.
  public var order = Order.cached
  /// How far the order may move blocks from the order of importance; nil follows the annotation, see
  /// `effectiveGuard`.
  public var importanceGuard: ImportanceGuard?
  /// How the importance order is told.
  public var annotation = Annotation()
  /// What happens to control tokens in the user's text.
  public var controlTokens = ControlTokens.error
  /// How text is normalised.
  public var normalization = Normalization()
  /// What becomes of content that stands in the prompt already.
  public var deduplication = Deduplication()
  /// How many tokens the prompt may have; nil bounds it by the model's context, and what is longer is an
  /// error.
  public var budget: Budget?
  /// The rules of `lint` that this spec breaks on purpose.
  public var suppressions: [LintSuppression] = []

  /// Makes the default policy.
  public init() {}
}

extension Policy {
  /// What bounds an order that was chosen for the cache: the stated guard; else nothing where the
  /// annotation tells the order of importance, and where it does not, the 5 most important blocks stand
  /// first.
  public var effectiveGuard: ImportanceGuard {
    importanceGuard ?? ImportanceGuard(first: annotation.style == .none ? 5 : 0)
  }
}

/// A rule of `lint` that a spec breaks on purpose.
public struct LintSuppression: Hashable, Sendable {
  /// The rule.
  public var rule: LintRule
  /// The member of the spec that breaks it, such as `tools[1]`, with what is in it; nil for all.
  public var field: ByteString?
  /// Why.
  public var reason: ByteString

  /// Makes a suppression.
  public init(rule: LintRule, field: ByteString? = nil, reason: ByteString) {
    self.rule = rule
    self.field = field
    self.reason = reason
  }
}
