public import Bytes

/// The first place in which two texts differ.
public struct TextDifference: Hashable, Sendable {
  /// The most bytes of text that are told on either side of the place.
  public static let contextLimit = 32

  /// How many bytes are the same from the beginning on; never inside a character.
  public var byte: Int
  /// How many tokens are; nil without a vocabulary.
  public var token: Int?
  /// The end of what is the same.
  public var before: ByteString
  /// How the first text goes on; empty at its end.
  public var first: ByteString
  /// How the second text goes on; empty at its end.
  public var second: ByteString

  /// Compares two texts; nil if they are the same.
  ///
  /// - Parameter sharedTokens: how many tokens two texts have in common at their beginning.
  /// - Complexity: linear.
  public init?(
    _ first: [UInt8], _ second: [UInt8], sharedTokens: TemplateProbe.SharedTokens? = nil
  ) {
    var place = Self.sharedCount(first, second)
    guard place < first.count || place < second.count else { return nil }
    while place > 0, Self.isInsideCharacter(first, place) || Self.isInsideCharacter(second, place) {
      place -= 1
    }
    byte = place
    token = sharedTokens.flatMap { $0(first, second) }
    before = ByteString(Self.end(of: first[..<place]))
    self.first = ByteString(Self.start(of: first[place...]))
    self.second = ByteString(Self.start(of: second[place...]))
  }

  /// How many bytes two texts have in common at their beginning.
  static func sharedCount(_ first: [UInt8], _ second: [UInt8]) -> Int {
    let limit = min(first.count, second.count)
    var place = 0
    while place < limit, first[place] == second[place] { place += 1 }
    return place
  }

  private static func isInsideCharacter(_ text: [UInt8], _ place: Int) -> Bool {
    place < text.count && text[place] & 0xC0 == 0x80
  }

  private static func start(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = min(text.endIndex, text.startIndex + contextLimit)
    while end < text.endIndex, end > text.startIndex, text[end] & 0xC0 == 0x80 { end -= 1 }
    return text[..<end]
  }

  private static func end(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var start = max(text.startIndex, text.endIndex - contextLimit)
    while start < text.endIndex, text[start] & 0xC0 == 0x80 { start += 1 }
    return text[start...]
  }
}
