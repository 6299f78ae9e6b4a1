import Bytes
import PromptCompilation
import TestSupport
import Testing
import TextProcessing

/// The line that tells the order of importance: its language, and what it costs.
@Suite struct AnnotationTests {
  private static func spec(_ query: ByteString, _ language: Policy.Annotation.Language = .auto)
    -> Spec
  {
    var spec = Spec(
      blocks: (0..<7).map {
        Block(id: ByteString("b\($0)"), text: ByteString("t\($0)"), importance: Double($0) / 10)
      }, query: query)
    spec.policy.annotation.language = language
    return spec
  }

  private func line(_ spec: Spec) throws -> String? {
    let prompt = try Qwen3.compile(spec)
    return prompt.section(.annotation).map { String(decoding: prompt.text(of: $0), as: UTF8.self) }
  }

  @Test(
    arguments: [
      ("How long does a refund take?", "Most important first"),
      ("Wie lange dauert eine Erstattung, und wer zahlt sie?", "Wichtigste zuerst"),
      ("Warum?", "Wichtigste zuerst"),
      ("Combien de temps prend un remboursement et qui paie ?", "Les plus importants d'abord"),
      ("¿Cuánto tarda un reembolso y quién lo paga?", "Lo más importante primero"),
      ("Quanto tempo leva um reembolso e quem não paga?", "Mais importantes primeiro"),
      ("Quanto tempo ci vuole per un rimborso e chi lo paga?", "I più importanti per primi"),
      ("Hoe lang duurt een terugbetaling en wie betaalt het?", "Belangrijkste eerst"),
      ("Ile trwa zwrot pieniędzy i kto go nie płaci?", "Od najważniejszych"),
      ("Jak dlouho trvá vrácení peněz a kdo je platí, když není zboží?", "Nejdůležitější nejdříve"),
      ("Hur lång tid tar en återbetalning och vem betalar?", "Viktigast först"),
      ("Bir iade ne kadar sürer ve kim öder?", "En önemliden başlayarak"),
      ("Hoàn tiền mất bao nhiêu thời gian và ai trả?", "Quan trọng nhất trước"),
      ("Berapa lama pengembalian dana dan siapa yang membayar?", "Yang terpenting dahulu"),
      ("Сколько длится возврат?", "Сначала самые важные"),
      ("Скільки триває повернення?", "Спочатку найважливіші"),
      ("Πόσο διαρκεί η επιστροφή;", "Πρώτα τα πιο σημαντικά"),
      ("退款需要多长时间？", "按重要性排序"),
      ("返金にはどのくらいかかりますか？", "重要な順"),
      ("환불은 얼마나 걸리나요?", "중요한 순서"),
      ("كم يستغرق استرداد المبلغ؟", "الأهم أولاً"),
      ("بازپرداخت چقدر طول می‌کشد؟", "به ترتیب اهمیت"),
      ("כמה זמן לוקח החזר?", "לפי סדר חשיבות"),
      ("रिफंड में कितना समय लगता है?", "सबसे महत्वपूर्ण पहले"),
      ("การคืนเงินใช้เวลานานเท่าไร", "เรียงตามความสำคัญ"),
      // Not clear.
      ("", "Most important first"), ("42?", "Most important first"),
      ("Refund Policy Datenbank Ministerium", "Most important first"),
      ("Explain the word 退款 to me.", "Most important first"),
      ("def f(x): return x", "Most important first"),
    ] as [(ByteString, String)])
  func isInTheLanguageOfTheQuery(query: ByteString, opening: String) throws {
    #expect(try line(Self.spec(query))?.hasPrefix("[\(opening): b6, b5, b4, b3, b2, ") == true)
  }

  /// Every line is one line in NFC that begins with the same character, so that blocks before it are stable.
  @Test(arguments: Policy.Annotation.Language.allCases)
  func isOneLineInEveryLanguage(language: Policy.Annotation.Language) throws {
    let english = try Qwen3.compile(Self.spec("q", .en))
    let block = try #require(english.section(.block, "b6"))
    for style in Policy.Annotation.Style.allCases where style != .none {
      var spec = Self.spec("q", language)
      spec.policy.annotation.style = style
      let line = try #require(try line(spec))
      #expect(line.hasPrefix("["))
      #expect(line.hasSuffix("]\n"))
      #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
      #expect(try Normalizer.normalized(Array(line.utf8)) == Array(line.utf8))
      #expect(try Qwen3.compile(spec).section(.block, "b6") == block)
    }
  }

  @Test func theReportSaysWhatItCosts() throws {
    let prompt = try Qwen3.compile(Self.spec("q"))
    let tokens = try #require(prompt.section(.annotation)).tokens.count
    let report = ByteString(prompt.report()).string
    #expect(report.contains("\"annotation\": {\n    \"tokens\": \(tokens)\n  }"))
    let notes = prompt.passes.first { $0.name == .annotate }?.notes
    #expect(notes == ["the order of importance in one line, 5 labels, \(tokens) tokens"])
    let german = try Qwen3.compile(Self.spec("q", .de)).passes.first { $0.name == .annotate }?.notes
    #expect(
      german?.first?.hasPrefix("the order of importance in one line, in de, 5 labels, ") == true)
    var spec = Self.spec("q")
    spec.policy.order = .importance
    #expect(!ByteString(try Qwen3.compile(spec).report()).string.contains("\"annotation\""))
  }

  /// Only what is shown is named.
  @Test func namesNoBlockThatIsLeftOut() throws {
    var spec = Self.spec("q")
    spec.policy.budget = Policy.Budget(tokens: try Qwen3.compile(spec).tokens.count - 20)
    let prompt = try Qwen3.compile(spec)
    let dropped = try #require(prompt.fit).dropped
    #expect(!dropped.isEmpty)
    let line = try #require(try line(spec))
    #expect(dropped.allSatisfy { !line.contains($0.label.string) })
  }
}
