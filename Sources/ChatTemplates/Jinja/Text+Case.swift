internal import Bytes

/// Changes of case, as Python's methods of the same names make them.
enum CaseMapping {
  case upper
  case lower
  case title
  case capitalize
  case swap
  case fold
}

extension Text {
  /// The text in another case; segments that stay the same keep verbatim spans.
  func mapped(_ mapping: CaseMapping) -> Text {
    var result = Text()
    result.isMarkup = isMarkup
    var follows = false
    for segment in segments {
      var mapped: [UInt8] = []
      CodePoints.forEach(in: bytes, segment) { scalar, range in
        let form = form(of: scalar, at: range, mapping, follows: follows)
        mapped.append(contentsOf: form)
        follows = mapping == .title ? scalar.properties.isCased : true
      }
      result.append(mapped, from: slice(segment))
    }
    return result
  }

  private func form(
    of scalar: Unicode.Scalar, at range: ByteRange, _ mapping: CaseMapping, follows: Bool
  ) -> [UInt8] {
    let properties = scalar.properties
    return switch mapping {
    case .upper: Array(properties.uppercaseMapping.utf8)
    case .title, .capitalize:
      follows ? lowercase(scalar, at: range) : Array(properties.titlecaseMapping.utf8)
    case .swap where properties.isUppercase: lowercase(scalar, at: range)
    case .swap where properties.isLowercase: Array(properties.uppercaseMapping.utf8)
    case .swap: Array(bytes[range.start..<range.end])
    case .lower: lowercase(scalar, at: range)
    case .fold: Self.folded(scalar)
    }
  }

  /// The form of a code point in which case does not count: the lower case of the upper case, but for
  /// the letters that Unicode's CaseFolding.txt (C and F) leaves as they are or folds to others.
  private static func folded(_ scalar: Unicode.Scalar) -> [UInt8] {
    switch scalar.value {
    case 0x49, 0x130, 0x131: return Array(scalar.properties.lowercaseMapping.utf8)
    case 0x13A0...0x13F5: return Array(String(Character(scalar)).utf8)
    case 0x13F8...0x13FD, 0xAB70...0xABBF: return Array(scalar.properties.uppercaseMapping.utf8)
    case 0x1E9E: return Array("ss".utf8)
    default:
      return scalar.properties.uppercaseMapping.unicodeScalars.flatMap {
        Array($0.properties.lowercaseMapping.utf8)
      }
    }
  }

  /// The lower case, with the final form of sigma at the end of a word (Unicode 3.13).
  private func lowercase(_ scalar: Unicode.Scalar, at range: ByteRange) -> [UInt8] {
    guard scalar == "\u{3A3}" else { return Array(scalar.properties.lowercaseMapping.utf8) }
    return Array((isFinalSigma(range) ? "\u{3C2}" : "\u{3C3}").utf8)
  }

  private func isFinalSigma(_ range: ByteRange) -> Bool {
    func isLetter(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
      scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
    let before = String(decoding: bytes[..<range.start].suffix(64), as: UTF8.self)
    let after = String(decoding: bytes[range.end...].prefix(64), as: UTF8.self)
    return isLetter(before.unicodeScalars.reversed()) && !isLetter(after.unicodeScalars)
  }
}
