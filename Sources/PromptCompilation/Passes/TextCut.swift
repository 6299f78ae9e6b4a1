/// The places at which a text can be cut so that what stands before them can be read: ends of words,
/// sentences, lines and paragraphs.
struct TextCut {
  /// A place, and what ends there.
  struct Place {
    /// The byte offset behind the last character that is kept.
    let offset: Int
    let strength: Strength
  }

  /// What ends at a place.
  enum Strength: Int, Comparable {
    case word, sentence, line, paragraph

    static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
  }

  /// The places inside the text, from the first to the last.
  let places: [Place]

  /// Finds the places of a text in UTF-8.
  ///
  /// - Complexity: linear in the text.
  init(_ text: [UInt8]) {
    var places: [Place] = []
    var offset = 0
    var previous: Unicode.Scalar?
    var endsSentence = false
    // The end of the last word, where only white space came since.
    var open: (offset: Int, strength: Strength, lineBreaks: Int)?
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar.properties.isWhitespace {
        if open == nil, offset > 0 { open = (offset, endsSentence ? .sentence : .word, 0) }
        if scalar == "\n" { open?.lineBreaks += 1 }
      } else {
        if let end = open {
          let strength: Strength =
            end.lineBreaks > 1 ? .paragraph : end.lineBreaks == 1 ? .line : end.strength
          places.append(Place(offset: end.offset, strength: strength))
        } else if let previous, Self.canCut(between: previous, and: scalar) {
          places.append(Place(offset: offset, strength: endsSentence ? .sentence : .word))
        }
        open = nil
        endsSentence =
          Self.sentenceEnds.contains(scalar) || endsSentence && Self.closers.contains(scalar)
      }
      previous = scalar
      offset += UTF8.width(scalar)
    }
    self.places = places
  }

  /// Returns the place that is the strongest of those in the last quarter up to the one at `index`, the last
  /// one of equals.
  func readable(upTo index: Int) -> Int {
    let least = places[index].offset - places[index].offset / 4
    var best = index
    for candidate in places[...index].indices.reversed() {
      guard places[candidate].offset >= least else { break }
      if places[candidate].strength > places[best].strength { best = candidate }
    }
    return best
  }

  private static let sentenceEnds = Set(".!?…。！？．।؟۔".unicodeScalars)
  private static let closers = Set("\"')]”’»」』）".unicodeScalars)

  /// Whether a script that has no blanks between words allows a cut.
  private static func canCut(between left: Unicode.Scalar, and right: Unicode.Scalar) -> Bool {
    isIdeographic(left) && isIdeographic(right) && !sentenceEnds.contains(right)
      && !closers.contains(right) && !"、，：；".unicodeScalars.contains(right)
  }

  private static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Marks for iteration, length and voice stand with the character before them.
    case 0x3005, 0x3099...0x309E, 0x30FC...0x30FE: false
    case 0x3001...0x9FFF, 0xF900...0xFAFF, 0xFF01...0xFF60, 0x20000...0x3FFFF: true
    default: false
    }
  }
}
