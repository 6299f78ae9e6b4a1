public import Bytes

/// How references read.
///
/// Three forms: for a whole text, for a part that its first and last words tell, and for a part of which
/// the number of lines has to be told besides; and, for near duplicates, a fourth one for a text that is
/// otherwise in some words. Fields stand in braces.
public struct ReferenceWording: Hashable, Sendable {
  /// The wording in English:
  /// ```
  /// [same as doc terms]
  /// [same as doc terms from "2. Payment" to "thirty days."]
  /// [same as doc terms, 12 lines from "2. Payment" to "thirty days."]
  /// [same as doc terms, but for: "two years" -> "five years"; "Alpha Ltd" -> "Beta GmbH"]
  /// ```
  public static let standard = ReferenceWording(
    unchecked: "[same as {source}]", "[same as {source} from \"{first}\" to \"{last}\"]",
    "[same as {source}, {lines} lines from \"{first}\" to \"{last}\"]",
    "[same as {source}, but for: {edits}]")

  /// One object, since all that folds, and every spec, has a copy of the wording.
  private final class Forms: Sendable {
    let whole: WordingTemplate
    let part: WordingTemplate
    let lines: WordingTemplate
    let edits: WordingTemplate?

    init(whole: ByteString, part: ByteString, lines: ByteString, edits: ByteString?) {
      self.whole = WordingTemplate(whole)
      self.part = WordingTemplate(part)
      self.lines = WordingTemplate(lines)
      self.edits = edits.map { WordingTemplate($0) }
    }
  }
  private let forms: Forms

  var whole: WordingTemplate { forms.whole }
  var part: WordingTemplate { forms.part }
  var lines: WordingTemplate { forms.lines }
  var edits: WordingTemplate? { forms.edits }

  /// Makes a wording.
  ///
  /// - Parameters:
  ///   - whole: has the field `{source}`.
  ///   - part: has `{source}`, `{first}` and `{last}`.
  ///   - lines: has `{source}`, `{lines}`, `{first}` and `{last}`.
  ///   - edits: has `{source}` and `{edits}`, for `"old words" -> "new words"` with semicolons between; nil
  ///     if there is no form for near duplicates.
  /// - Throws: `WordingError` if a field is missing, or references could not be found again.
  public init(
    whole: ByteString, part: ByteString, lines: ByteString, edits: ByteString? = nil
  ) throws(WordingError) {
    self.init(unchecked: whole, part, lines, edits)
    try self.whole.check(has: [.source])
    try self.part.check(has: [.source, .first, .last])
    try self.lines.check(has: [.source, .first, .last, .lines])
    try self.edits?.check(has: [.source, .edits])
    for template in [self.part, self.lines, self.edits]
    where (template?.opening ?? opening) != opening {
      throw WordingError(
        wording: template?.source ?? whole,
        message: "must begin as \"\(whole)\" does up to its first field")
    }
  }

  /// Takes forms that are known to be right.
  private init(
    unchecked whole: ByteString, _ part: ByteString, _ lines: ByteString, _ edits: ByteString?
  ) {
    forms = Forms(whole: whole, part: part, lines: lines, edits: edits)
  }

  /// The templates of the forms.
  public var templates: (whole: ByteString, part: ByteString, lines: ByteString, edits: ByteString?)
  {
    (whole.source, part.source, lines.source, edits?.source)
  }

  /// Returns the text of a reference.
  func written(_ reference: WrittenReference) -> [UInt8] {
    if !reference.edits.isEmpty { return edits?.written(reference) ?? [] }
    guard let part = reference.part else { return whole.written(reference) }
    return (part.lines == nil ? self.part : lines).written(reference)
  }

  /// Reads the reference at the start of `text`.
  ///
  /// - Parameter isKnown: whether a text has this name.
  /// - Returns: the reference to a known text and its length in bytes, or nil.
  func read(
    _ text: UnsafeRawBufferPointer, isKnown: (ByteString) -> Bool
  ) -> (reference: WrittenReference, length: Int)? {
    for template in [whole, part, lines, edits] {
      if let read = template?.read(text), isKnown(read.reference.source) { return read }
    }
    return nil
  }

  /// How every reference begins.
  var opening: [UInt8] { whole.opening }
}

extension ReferenceWording {
  /// Whether the forms are the same.
  public static func == (left: ReferenceWording, right: ReferenceWording) -> Bool {
    left.forms === right.forms || left.templates == right.templates
  }

  /// Feeds the forms.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(whole.source)
    hasher.combine(part.source)
    hasher.combine(lines.source)
    hasher.combine(edits?.source)
  }
}
