public import Bytes

/// One form of a reference: literal text and fields in braces, such as
/// `[same as {source} from "{first}" to "{last}"]`.
struct WordingTemplate: Hashable, Sendable {
  /// What is put in for a name in braces.
  enum Field: String, Hashable, Sendable, CaseIterable {
    /// The text that is referred to.
    case source
    /// The first words of the part.
    case first
    /// The last words of the part.
    case last
    /// The number of lines of the part.
    case lines
    /// What is otherwise than in the source.
    case edits
  }

  /// The template as it was given.
  let source: ByteString
  /// The texts before, between and behind the fields.
  private let literals: [[UInt8]]
  private let fields: [Field]

  /// The text before the first field: how a reference is known.
  var opening: [UInt8] { literals[0] }

  /// Splits a template into its texts and fields.
  init(_ source: ByteString) {
    var literals: [[UInt8]] = [[]]
    var fields: [Field] = []
    var rest = source.bytes[...]
    while let byte = rest.first {
      if byte == UInt8(ascii: "{"), let field = Self.field(at: rest) {
        fields.append(field)
        literals.append([])
        rest = rest.dropFirst(field.rawValue.utf8.count + 2)
      } else {
        literals[literals.count - 1].append(byte)
        rest = rest.dropFirst()
      }
    }
    self.source = source
    self.literals = literals
    self.fields = fields
  }

  /// Checks that references in this form can be told from what is around them.
  ///
  /// - Parameter required: the fields that it must have, each once.
  /// - Throws: `WordingError` if they cannot.
  func check(has required: Set<Field>) throws(WordingError) {
    func fail(_ message: String) -> WordingError {
      WordingError(wording: source, message: message)
    }
    guard Set(fields) == required, fields.count == required.count else {
      let names = Field.allCases.filter { required.contains($0) }.map { "{\($0.rawValue)}" }
      throw fail("needs \(names.joined(separator: ", ")), each once, and no other")
    }
    guard !source.bytes.contains(UInt8(ascii: "\n")) else { throw fail("must be one line") }
    // Marks that cannot overlap can be escaped and found again.
    guard literals[0].count >= 4, let mark = literals[0].first, mark < 0x80,
      mark != UInt8(ascii: "\\"), !literals[0].dropFirst().contains(mark)
    else {
      throw fail(
        "needs at least 4 bytes before the first field, the first of them an ASCII character that does "
          + "not come again in them and is no backslash")
    }
    guard literals.allSatisfy({ !$0.isEmpty }) else {
      throw fail("needs text between the fields, and behind the last one")
    }
  }

  private static func field(at text: ArraySlice<UInt8>) -> Field? {
    Field.allCases.first { text.dropFirst().starts(with: Array("\($0.rawValue)}".utf8)) }
  }

  /// Returns a reference in this form.
  func written(_ reference: WrittenReference) -> [UInt8] {
    var bytes = literals[0]
    for (place, field) in fields.enumerated() {
      switch field {
      case .source: bytes += reference.source.bytes
      case .first: bytes += reference.part?.first ?? []
      case .last: bytes += reference.part?.last ?? []
      case .lines: bytes += Array(String(reference.part?.lines ?? 0).utf8)
      case .edits: bytes += Self.written(reference.edits)
      }
      bytes += literals[place + 1]
    }
    return bytes
  }

  /// Reads a reference that begins at the start of `text`.
  ///
  /// Each field ends at the first place where the literal behind it stands.
  ///
  /// - Returns: the reference and its length in bytes; nil if there is none in this form on this line.
  func read(_ text: UnsafeRawBufferPointer) -> (reference: WrittenReference, length: Int)? {
    let window = UnsafeRawBufferPointer(rebasing: text.prefix(WrittenReference.maximumLength))
    let line = UnsafeRawBufferPointer(
      rebasing: window[..<(window.firstIndex(of: UInt8(ascii: "\n")) ?? window.count)])
    guard line.starts(with: opening) else { return nil }
    var reference = WrittenReference(source: ByteString(), part: nil)
    var part = WrittenReference.Part(first: [], last: [])
    var offset = opening.count
    for (place, field) in fields.enumerated() {
      let literal = literals[place + 1]
      guard let end = ByteSearch.first(literal, in: line, from: offset) else { return nil }
      let value = Array(line[offset..<end])
      switch field {
      case .source: reference.source = ByteString(value)
      case .first: part.first = value
      case .last: part.last = value
      case .edits:
        guard let edits = Self.edits(in: value) else { return nil }
        reference.edits = edits
      case .lines:
        guard let lines = Int(String(decoding: value, as: UTF8.self)), lines > 0 else {
          return nil
        }
        part.lines = lines
      }
      offset = end + literal.count
    }
    if fields.contains(.first) { reference.part = part }
    return (reference, offset)
  }
}

// MARK: - Edits

extension WordingTemplate {
  private static let opening = Array("\"".utf8)
  private static let becomes = Array("\" -> \"".utf8)
  private static let separator = Array("\"; \"".utf8)

  /// `"old words" -> "new words"; "others" -> ""`.
  private static func written(_ edits: [TextEdit]) -> [UInt8] {
    let list = edits.map { $0.old + becomes + $0.new }.joined(separator: separator)
    return opening + list + opening
  }

  /// Reads edits; nil if they are not written so.
  private static func edits(in list: [UInt8]) -> [TextEdit]? {
    guard list.count >= 2, list.first == opening[0], list.last == opening[0] else { return nil }
    return list[1..<(list.count - 1)].withUnsafeBytes { list in
      var edits: [TextEdit] = []
      var offset = 0
      while true {
        guard let arrow = ByteSearch.first(becomes, in: list, from: offset) else { return nil }
        let start = arrow + becomes.count
        let end = ByteSearch.first(separator, in: list, from: start)
        edits.append(
          TextEdit(old: Array(list[offset..<arrow]), new: Array(list[start..<(end ?? list.count)])))
        guard let end else { return edits }
        offset = end + separator.count
      }
    }
  }
}

/// What a reference says.
struct WrittenReference: Hashable, Sendable {
  /// A part of a text.
  struct Part: Hashable, Sendable {
    /// Its first words, verbatim.
    var first: [UInt8]
    /// Its last words, verbatim.
    var last: [UInt8]
    /// How many lines it touches, where first and last words alone do not tell the part.
    var lines: Int?
  }

  /// No reference is longer, in bytes.
  static let maximumLength = 1024

  /// The text that it points to.
  var source: ByteString
  /// The part of it; nil for the whole text.
  var part: Part?
  /// What is otherwise than in it; empty for nothing.
  var edits: [TextEdit] = []
}

/// A wording in which references cannot be written.
public struct WordingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The wording.
  public let wording: ByteString
  /// What is wrong with it.
  public let message: String

  /// The wording and what is wrong with it, on one line.
  public var description: String { "wording \"\(wording)\": \(message)" }
}
