public import Bytes

/// How references read.
///
/// Three forms: for a whole text, for a part that its first and last words tell, and for a part of which
/// the number of lines has to be told besides. Fields stand in braces.
public struct ReferenceWording: Hashable, Sendable {
  /// The wording in English:
  /// ```
  /// [same as doc terms]
  /// [same as doc terms from "2. Payment" to "thirty days."]
  /// [same as doc terms, 12 lines from "2. Payment" to "thirty days."]
  /// ```
  public static let standard: ReferenceWording = {
    do {
      return try ReferenceWording(
        whole: "[same as {source}]", part: "[same as {source} from \"{first}\" to \"{last}\"]",
        lines: "[same as {source}, {lines} lines from \"{first}\" to \"{last}\"]")
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  let whole: WordingTemplate
  let part: WordingTemplate
  let lines: WordingTemplate

  /// Makes a wording.
  ///
  /// - Parameters:
  ///   - whole: has the field `{source}`.
  ///   - part: has `{source}`, `{first}` and `{last}`.
  ///   - lines: has `{source}`, `{lines}`, `{first}` and `{last}`.
  /// - Throws: `WordingError` if a field is missing, or references could not be found again.
  public init(
    whole: ByteString, part: ByteString, lines: ByteString
  ) throws(WordingError) {
    self.whole = try WordingTemplate(whole, fields: [.source])
    self.part = try WordingTemplate(part, fields: [.source, .first, .last])
    self.lines = try WordingTemplate(lines, fields: [.source, .first, .last, .lines])
    for (wording, template) in [(part, self.part), (lines, self.lines)]
    where template.opening != opening {
      throw WordingError(
        wording: wording, message: "must begin as \"\(whole)\" does up to its first field")
    }
  }

  /// The templates of the three forms.
  public var templates: (whole: ByteString, part: ByteString, lines: ByteString) {
    (whole.source, part.source, lines.source)
  }

  /// Returns the text of a reference.
  func written(_ reference: WrittenReference) -> [UInt8] {
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
    for template in [whole, part, lines] {
      if let read = template.read(text), isKnown(read.reference.source) { return read }
    }
    return nil
  }

  /// How every reference begins.
  var opening: [UInt8] { whole.opening }
}
