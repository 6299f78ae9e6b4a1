import Bytes
import CUnicode
import TextProcessing
import Testing

/// Sentences of many languages, beside those of ICU: `|` stands where both end one, `¦` where we do and
/// ICU does not, `~` where ICU does and we do not, on purpose.
@Suite struct SentenceICUTests {
  private static let shared = Result { try TextSegmenter() }
  private let segmenter: TextSegmenter

  init() throws {
    segmenter = try Self.shared.get()
  }

  @Test(arguments: [
    // Abbreviations, initials, numbers of headings: ICU without tailoring ends a sentence there.
    (
      "English",
      "Mr. ~Smith met J. ~R. ~R. ~Tolkien. |They talked, e.g. about No. ~5. |“Is it?” ~he asked. |Yes!"
    ),
    // ICU looks for lower case beyond a number.
    (
      "English", "He was born in 1990. ¦15 years later he left. |It is version 2.1.3 of main.swift."
    ),
    // To ICU an ellipsis in one character ends nothing.
    ("English", "He waited… ¦Nothing came... |He left... and slept."),
    // A question mark with a character behind it is part of an address.
    ("English", "See https://example.org/a?~b=1!~c for more. |End"),
    (
      "German",
      "Das ist z. ~B. ein Hund. |Er kam am 3. ~Oktober. |Prof. ~Dr. ~Meier ging. |„Ja.“ |Gut, ggf. ~Nein."
    ),
    ("French", "M. ~Dupont est là. |« Vraiment ? ~» ¦Oui ! |Mme. ~Martin, p. 5, dit non. |L’été."),
    ("Spanish", "¿Qué hora es? |¡Son las tres! |El Sr. ~López llegó. |Véase la pág. ~7. |Fin."),
    ("Italian", "Il sig. ~Rossi è qui. |Perché? |Non lo so. |Così è."),
    ("Portuguese", "Não sei. |O Dr. ~Silva veio. |Ótimo! |Água."),
    ("Dutch", "Dhr. ~Jansen komt bijv. ~Maandag. |Goed zo! |Ja."),
    ("Polish", "To jest np. ~Kot. |Żółw idzie. |Łódź? |Tak, tzn. nie."),
    ("Czech", "Je to např. ~Pes. |Šel domů. |Čas? |Ano."),
    ("Turkish", "Bu bir kedi. |İstanbul güzel. |Şimdi mi? |Dr. ~Öz geldi. |Evet!"),
    (
      "Russian",
      "Это кот, т. е. животное. |Он спит. |А. ~С. ~Пушкин писал. |Правда? |«Да.» |Хорошо, см. рис. ~5."
    ),
    ("Ukrainian", "Це місто. |Їжак іде. |Так? |Є."),
    ("Greek", "Αυτό είναι. |Άλλο, π.χ. ~Γάτα. |Όχι! |Ναι."),
    ("Armenian", "Բարեւ։ |Ինչպես ես։ |Լավ։"),
    ("Georgian", "გამარჯობა. |როგორ ხარ? |კარგად."),
    ("Hebrew", "שלום. |מה שלומך? |טוב!"),
    ("Arabic", "مرحبا بك. |كيف حالك؟ |أنا بخير، شكرا. |نعم!"),
    ("Urdu", "یہ کتاب ہے۔ |کیا حال ہے؟ |ٹھیک ہے۔"),
    ("Hindi", "यह किताब है। |क्या हाल है? |डॉ. ~राम आए। |ठीक है॥ |हाँ।"),
    ("Bengali", "আমি যাই। |তুমি কোথায়? |ভালো।"),
    ("Tamil", "இது புத்தகம். |எங்கே? |நன்று."),
    ("Thai", "สวัสดีครับ ผมชื่อสมชาย ไปไหนมา"),
    ("Burmese", "မင်္ဂလာပါ။ |နေကောင်းလား။ |ကောင်းပါတယ်။"),
    // Unicode 15.1 made the full stop of Khmer one.
    ("Khmer", "សួស្តី។ ¦អ្នកសុខសប្បាយទេ។ ¦បាទ។"),
    ("Amharic", "ሰላም ነው። |እንዴት ነህ፧ |ደህና።"),
    ("Tibetan", "བཀྲ་ཤིས། བདེ་ལེགས།"),
    ("Chinese", "今天下雨。|我们在家！|为什么？|他说：“好。”|价格是３．５元。|完"),
    // To ICU an opening bracket closes, too.
    ("Chinese", "你好!|我很好?¦（~是的。）¦「~好」。|完"),
    ("Japanese", "今日は雨です。¦「~本当？」|はい！¦『~そう。』|バージョン2.1です。|終"),
    ("Korean", "안녕하세요. |잘 지내요? |네! |“좋아요.” |끝."),
    ("Vietnamese", "Đây là sách. |Ở đâu? |Được! |Ừ."),
    ("Indonesian", "Ini buku. |Di mana? |Baik!"),
    ("Swedish", "Det är bra, t.ex. ~Katter. |Åh! |Är det så? |Ja."),
    ("Finnish", "Tämä on kissa. |Älä! |Öljy?"),
    ("Hungarian", "Ez jó, pl. ~Ez. |Óh! |Ő az?"),
  ])
  func endsWhereTheTableSays(language: String, marked: String) throws {
    let (text, ours, icu) = read(marked)
    let sentences = try text.withUnsafeBytes { try segmenter.sentences(of: $0) }
    #expect(show(text, sentences.map(\.end)) == show(text, ours), "\(language), ours")
    #expect(show(text, icuEnds(text)) == show(text, icu), "\(language), ICU")
  }

  /// The text without marks, where we end sentences, and where ICU does.
  private func read(_ marked: String) -> (text: [UInt8], ours: [Int], icu: [Int]) {
    var text: [UInt8] = []
    var ours: [Int] = []
    var icu: [Int] = []
    for scalar in marked.unicodeScalars {
      switch scalar {
      case "|", "¦", "~":
        if scalar != "~" { ours.append(text.count) }
        if scalar != "¦" { icu.append(text.count) }
      default: text += Array(String(scalar).utf8)
      }
    }
    return (text, ours + [text.count], icu + [text.count])
  }

  private func icuEnds(_ text: [UInt8]) -> [Int] {
    var ends = [Int](repeating: 0, count: text.count)
    let count = ends.withUnsafeMutableBufferPointer { buffer in
      buffer.withMemoryRebound(to: UInt.self) {
        cunicode_sentence_ends(text, text.count, $0.baseAddress, text.count)
      }
    }
    return Array(ends.prefix(max(count, 0)))
  }

  private func show(_ text: [UInt8], _ ends: [Int]) -> String {
    var start = 0
    return ends.map { end in
      defer { start = end }
      return String(decoding: text[start..<end], as: UTF8.self)
    }.joined(separator: "|")
  }
}
