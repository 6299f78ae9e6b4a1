internal import Bytes

/// Guesses the language of a question: by its script where one language has most of it, else by words that
/// are frequent in one language. English where it is not clear.
enum QueryLanguage {
  typealias Language = Policy.Annotation.Language

  /// The bytes of a text that are looked at.
  private static let prefixLength = 4096

  /// The language of a text.
  static func language(of text: ByteString) -> Language {
    let bytes = text.bytes.prefix(prefixLength)
    // Of ASCII no script but the Latin one has letters.
    if bytes.withUnsafeBytes({ ASCII.isAll($0) }) {
      return frequent(among: lowercasedWords(inASCII: bytes))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    var counts: [Script: Int] = [:]
    for scalar in text.unicodeScalars {
      if let script = Script(scalar) { counts[script, default: 0] += 1 }
    }
    // Letters of Han stand in Japanese, and Latin words in every language.
    let letters = Script.allCases.reduce(0) { $0 + (counts[$1] ?? 0) }
    for script in Script.allCases where script != .latin {
      let own = counts[script] ?? 0
      let share = script == .kana ? own + (counts[.han] ?? 0) : own
      guard own > 0, share * 2 > letters else { continue }
      return language(of: text, in: script)
    }
    return frequent(among: text.lowercased().split { !$0.isLetter }.map(String.init))
  }

  private static func language(of text: String, in script: Script) -> Language {
    func has(_ letters: String) -> Bool {
      let letters = Set(letters.unicodeScalars)
      return text.unicodeScalars.contains { letters.contains($0) }
    }
    return switch script {
    case .kana: .ja
    case .han: .zh
    case .hangul: .ko
    case .arabic: has("پچژگکی") ? .fa : .ar
    case .cyrillic: has("іїєґІЇЄҐ") ? .uk : .ru
    case .devanagari: .hi
    case .greek: .el
    case .hebrew: .he
    case .thai: .th
    case .latin: .en
    }
  }

  /// The words of an ASCII text, in lower case.
  private static func lowercasedWords(inASCII text: ArraySlice<UInt8>) -> [String] {
    text.split { ($0 | 0x20) &- UInt8(ascii: "a") >= 26 }.map { word in
      // Only lower-case letters have the bit.
      String(decoding: word.lazy.map { $0 | 0x20 }, as: UTF8.self)
    }
  }

  /// The language of which a text in Latin letters has most frequent words: more than of any other, and
  /// two, or one in a text of four words at most.
  private static func frequent(among words: [String]) -> Language {
    let limit = words.count > 4 ? 2 : 1
    var best: (language: Language, count: Int) = (.en, 0)
    var isTied = false
    var counts = Array(repeating: 0, count: FrequentWords.lists.count)
    for word in words {
      for place in FrequentWords.places[word] ?? [] { counts[place] += 1 }
    }
    for (language, count) in zip(FrequentWords.lists.lazy.map(\.language), counts) {
      if count == best.count { isTied = true }
      if count > best.count {
        best = (language, count)
        isTied = false
      }
    }
    return best.count >= limit && !isTied ? best.language : .en
  }
}

/// The scripts that tell a language; Japanese before Chinese, whose letters it has too.
private enum Script: CaseIterable {
  case kana, han, hangul, arabic, cyrillic, devanagari, greek, hebrew, thai, latin

  init?(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: self = .latin
    case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
    case 0x400...0x52F: self = .cyrillic
    case 0x590...0x5FF: self = .hebrew
    case 0x600...0x6FF, 0x750...0x77F: self = .arabic
    case 0x900...0x97F: self = .devanagari
    case 0xE00...0xE7F: self = .thai
    case 0x3040...0x30FF: self = .kana
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x3FFFF: self = .han
    case 0x1100...0x11FF, 0xAC00...0xD7AF: self = .hangul
    default: return nil
    }
  }
}

/// Words that questions in a language often hold.
private enum FrequentWords {
  static let lists: [(language: Policy.Annotation.Language, words: Set<String>)] = [
    (
      .en,
      words(
        "the of and to in is are was what how why when where which who do does can i you it for with on a an my this that be"
      )
    ),
    (
      .cs,
      words(
        "je jsou co jak proč kdy kde který která které kdo se si na že pro jaký jaké má může nebo ale když není"
      )
    ),
    (
      .de,
      words(
        "der die das und ist sind war was wie warum wann wo welche welcher welches wer kann ich du es für mit auf ein eine einen nicht von zu den dem im wird werden lange mein"
      )
    ),
    (
      .es,
      words(
        "el la los las y es son qué cómo por cuándo dónde cuál cuáles quién puede yo para con en un una que del al se de cuánto está mi"
      )
    ),
    (
      .fr,
      words(
        "le la les et est sont quoi comment pourquoi quand où quel quelle quels qui peut je vous pour avec sur un une que du des dans ce de combien il mon est-ce"
      )
    ),
    (
      .id,
      words(
        "yang dan adalah apa bagaimana mengapa kapan di mana siapa bisa saya anda untuk dengan pada ini itu dari ke tidak berapa apakah"
      )
    ),
    (
      .it,
      words(
        "il lo gli e è sono che cosa come perché quando dove quale quali chi può io per con su un una del della dei di nel quanto la non mio"
      )
    ),
    (
      .nl,
      words(
        "de het en is zijn wat hoe waarom wanneer waar welke wie kan ik je voor met op een niet van te dat dit wordt hoeveel mijn er"
      )
    ),
    (
      .pl,
      words(
        "jest są co jak dlaczego kiedy gdzie który która które kto może ja dla z na w i nie się do jaki jaka jakie czy ile od po"
      )
    ),
    (
      .pt,
      words(
        "o os as e é são que como por quando onde qual quais quem pode eu para com em um uma do da dos das não se de quanto está meu"
      )
    ),
    (
      .sv,
      words(
        "och är var vad hur varför när vilken vilka vem kan jag du för med på en ett inte av till det den som många lång"
      )
    ),
    (
      .tr,
      words(
        "ve bir bu ne nasıl neden zaman nerede hangi kim için ile mi mı mu mü de da var nedir kaç olarak değil"
      )
    ),
    (
      .vi,
      words(
        "là và của có gì như thế nào tại sao khi đâu ai không cho với một các những này bao nhiêu được"
      )
    ),
  ]

  /// In which of the lists each word stands.
  static let places: [String: [Int]] = {
    var places: [String: [Int]] = [:]
    for (place, list) in lists.enumerated() {
      for word in list.words { places[word, default: []].append(place) }
    }
    return places
  }()

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}
