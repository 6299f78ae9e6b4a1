internal import Bytes

/// The line that tells the model the order of importance, behind blocks that stand in another:
/// ```
/// [Most important first: refunds, shipping, then the others]
/// ```
/// It is one line and begins with `[` in every language, so that the tokens before it do not depend on it.
struct AnnotationLine {
  /// The line without its newline.
  let text: ByteString
  /// How many labels it names.
  let labelCount: Int
  /// The language that it is in.
  let language: Policy.Annotation.Language

  /// Makes the line for blocks that are shown in an order; nil if there is none: the policy wants none, or
  /// the order is that of importance.
  init?(_ blocks: [ContextBlock], of prompt: PromptRepresentation) {
    let policy = prompt.spec.policy.annotation
    let shown = blocks.indices.filter { blocks[$0].referent == nil }
    let ranked = shown.sorted { blocks[$0].importanceRank < blocks[$1].importanceRank }
    guard policy.style != .none, shown != ranked else { return nil }
    let named = policy.style == .ranking ? ranked[...] : ranked.prefix(policy.count)
    language = prompt.annotationLanguage ?? Self.language(for: prompt)
    let words = AnnotationWords(in: language)
    var line = Array("[\(words.opening): ".utf8)
    for (number, place) in named.enumerated() {
      if number > 0 { line += ", ".utf8 }
      line += BlockFrame.escaped(blocks[place].label)
      if policy.style == .scores, let importance = blocks[place].importance {
        line += " (\(importance))".utf8
      }
    }
    if named.count < ranked.count { line += ", \(words.others)".utf8 }
    line.append(UInt8(ascii: "]"))
    text = ByteString(line)
    labelCount = named.count
  }

  /// The language that the policy asks for, or that of the question.
  static func language(for prompt: PromptRepresentation) -> Policy.Annotation.Language {
    let language = prompt.spec.policy.annotation.language
    return language == .auto ? QueryLanguage.language(of: prompt.query?.text ?? "") : language
  }

  /// The tokens of the line.
  func tokenCount(in context: PassContext) throws(CompilationError) -> Int {
    do {
      return try context.model.tokenizer.count(text.bytes + [UInt8(ascii: "\n")])
    } catch {
      throw CompilationError(file: "annotation", message: error.description)
    }
  }
}

/// What the annotation says in a language, in NFC.
struct AnnotationWords {
  /// What stands before the labels.
  let opening: String
  /// What stands for the blocks that are not named.
  let others: String

  init(in language: Policy.Annotation.Language) {
    (opening, others) =
      switch language {
      case .auto, .en: ("Most important first", "then the others")
      case .ar: ("الأهم أولاً", "ثم البقية")
      case .cs: ("Nejdůležitější nejdříve", "potom ostatní")
      case .de: ("Wichtigste zuerst", "dann die übrigen")
      case .el: ("Πρώτα τα πιο σημαντικά", "μετά τα υπόλοιπα")
      case .es: ("Lo más importante primero", "después los demás")
      case .fa: ("به ترتیب اهمیت", "سپس بقیه")
      case .fr: ("Les plus importants d'abord", "puis les autres")
      case .he: ("לפי סדר חשיבות", "אחר כך השאר")
      case .hi: ("सबसे महत्वपूर्ण पहले", "फिर बाकी")
      case .id: ("Yang terpenting dahulu", "kemudian yang lain")
      case .it: ("I più importanti per primi", "poi gli altri")
      case .ja: ("重要な順", "残りはその後")
      case .ko: ("중요한 순서", "그다음 나머지")
      case .nl: ("Belangrijkste eerst", "daarna de overige")
      case .pl: ("Od najważniejszych", "potem pozostałe")
      case .pt: ("Mais importantes primeiro", "depois os demais")
      case .ru: ("Сначала самые важные", "затем остальные")
      case .sv: ("Viktigast först", "sedan de övriga")
      case .th: ("เรียงตามความสำคัญ", "จากนั้นที่เหลือ")
      case .tr: ("En önemliden başlayarak", "sonra diğerleri")
      case .uk: ("Спочатку найважливіші", "потім решта")
      case .vi: ("Quan trọng nhất trước", "sau đó là phần còn lại")
      case .zh: ("按重要性排序", "其余在后")
      }
  }
}
