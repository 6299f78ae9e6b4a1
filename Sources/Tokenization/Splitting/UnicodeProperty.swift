internal import CUnicode

/// The classes of Unicode 16 as the inside of a class of PCRE2 10.42, which knows Unicode 14.
enum UnicodeProperty {
  /// White space: the 25 code points of the reference engines.
  private static let space =
    #"\t\n\x0b\f\r \x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"#

  private static let decimalAdditions =
    #"\x{10d40}-\x{10d49}\x{116d0}-\x{116e3}\x{11bf0}-\x{11bf9}\x{11f50}-\x{11f59}"#
    + #"\x{16130}-\x{16139}\x{16d70}-\x{16d79}\x{1ccf0}-\x{1ccf9}\x{1e4f0}-\x{1e4f9}\x{1e5f1}-\x{1e5fa}"#

  /// Oniguruma's `\w`: letters, marks, decimal digits, letters that are numbers, connecting punctuation,
  /// other alphabetic characters, and the numbers of Latin 1.
  private static let otherWordCharacters =
    #"\p{Nl}\p{Pc}\xb2\xb3\xb9\xbc-\xbe\x{24b6}-\x{24e9}\x{1f130}-\x{1f149}\x{1f150}-\x{1f169}"#
    + #"\x{1f170}-\x{1f189}"#

  /// What stands for `\p{NAME}`; nil for a property of which is not known what came to it.
  static func members(of name: ArraySlice<UInt8>) -> [UInt8]? {
    let name = String(decoding: name, as: UTF8.self)
    switch name {
    case "Nd": return Array((#"\p{Nd}"# + decimalAdditions).utf8)
    // As much as in Unicode 14.
    case "Nl", "Pc": return Array(#"\p{\#(name)}"#.utf8)
    // The script itself, not what is also used with it.
    case "Han": return Array(#"\p{sc:Han}\x{2b739}\x{2ebf0}-\x{2ee5d}\x{31350}-\x{323af}"#.utf8)
    default:
      var count = 0
      guard let ranges = cunicode_additions(name, &count) else { return nil }
      let additions = UnsafeBufferPointer(start: ranges, count: count).map { range in
        let first = "\\x{\(String(range.first, radix: 16))}"
        return range.first == range.last
          ? first : "\(first)-\\x{\(String(range.last, radix: 16))}"
      }
      return Array((#"\p{\#(name)}"# + additions.joined()).utf8)
    }
  }

  /// What stands for `\s`, `\d`, `\w` and `\h`, as Oniguruma reads them; nil for another letter.
  static func members(ofEscape letter: UInt8) -> [UInt8]? {
    switch letter {
    case UInt8(ascii: "s"): Array(space.utf8)
    case UInt8(ascii: "d"): members(of: Array("Nd".utf8)[...])
    case UInt8(ascii: "w"):
      ["L", "M", "Nd"].compactMap { members(of: Array($0.utf8)[...]) }.reduce([], +)
        + Array(otherWordCharacters.utf8)
    case UInt8(ascii: "h"): Array("0-9A-Fa-f".utf8)
    default: nil
    }
  }
}
