import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// What is found to be a document, and what is left alone.
@Suite struct DocumentFormTests {
  /// Sends documents in one order and then in another behind the same words, and returns the second text as
  /// it is rewritten.
  private func second(
    _ first: String, _ second: String, _ settings: DocumentSettings = DocumentSettings(),
    in place: DocumentBody.Place = .anthropicUser
  ) throws -> String {
    var rewriter = try DocumentRewriter(settings, index: ContextIndex())
    for text in [first, second] {
      let body = place.body(DocumentBody.spelled(text))
      let rewritten = try rewriter.rewrite(body)
      #expect(rewritten.original == Array(body.utf8))
      if text == second {
        let texts = DocumentBody.texts(try JSONParser.parse(rewritten.bytes))
        return texts.max { $0.utf8.count < $1.utf8.count } ?? ""
      }
    }
    return ""
  }

  @Test func movesElementsWithAllThatTheyHave() throws {
    let head = "Answer from these.\n<documents kind=\"a > b\">\n"
    let a = "<document id=\"a\" n='1>2'>\n<source>x</source>A, see [1] and [2].\n</document>"
    let b = "<document id=\"b\"><meta a=1/><![CDATA[ </document> ]]>B<!-- <document> --></document>"
    let c = "<document id=\"c\" />"
    let tail = "\n</documents>\nWhich?"
    let text = try second(
      head + [b, a].joined(separator: "\n") + tail,
      head + [a, b, c].joined(separator: "\n") + tail)
    #expect(text == head + [b, a, c].joined(separator: "\n") + tail)
  }

  @Test(
    arguments: ["documents", "contexts", "docs", "passages", "references", "files"],
    ["document", "context", "doc", "passage", "reference", "file"])
  func knowsTheUsualNames(container: String, item: String) throws {
    func text(_ names: [String]) -> String {
      "<\(container)>" + names.map { "<\(item)>\($0)</\(item)>" }.joined() + "</\(container)>"
    }
    #expect(try second(text(["b", "a"]), text(["a", "b", "c"])) == text(["b", "a", "c"]))
  }

  @Test func keepsWhatStandsBetween() throws {
    func text(_ names: [String]) -> String {
      "<docs>Two:<doc>\(names[0])</doc>\n<note>keep</note>\n<doc>\(names[1])</doc></docs>"
    }
    #expect(try second(text(["b", "a"]), text(["a", "b"])) == text(["a", "b"]))
    func noted(_ names: [String]) -> String {
      "<docs><doc>\(names[0])</doc>\n<note>keep</note>\n<doc>\(names[1])</doc></docs>"
    }
    #expect(try second(noted(["b", "a"]), noted(["a", "b"])) == noted(["b", "a"]))
  }

  @Test func movesWhatBelongsToADocument() throws {
    func text(_ names: [String]) -> String {
      "<docs>\n" + names.map { "<url>\($0).md</url>\n<doc>\($0)</doc>\n" }.joined() + "</docs>"
    }
    #expect(try second(text(["b", "a"]), text(["a", "b", "c"])) == text(["b", "a", "c"]))
  }

  @Test func movesNumbersWithTheirDocuments() throws {
    let documents = [
      "[1] Alpha, as [2] says,\nand [3]\n[9] too.", "[2] Beta [1].", "[3] Gamma", "[4] Delta\nδ",
    ]
    func text(_ order: [Int]) -> String { "Read:\n" + order.map { documents[$0] }.joined() }
    let first = documents[0] + "\n\n" + documents[1]
    let second = documents.joined(separator: "\n\n") + "\n\nWhich of [1] and [2]?"
    // Documents that were sent are the same with the same number only.
    let text = try self.second(first + "\n\nWhy?", second)
    #expect(text == second)
    let other = "[1] One\n[2] Two\n[3] Three\n\nWhich?"
    let sent = "[1] Zero\n[2] Two\n[3] Three\n\nWhich?"
    #expect(try self.second(sent, other).hasSuffix("\n\nWhich?"))
  }

  @Test func ordersResults() throws {
    func text(_ names: [String]) -> String {
      "{ \"query\" : \"q\", \"results\": [ "
        + names.map { "{\"url\":\"\($0)\",\"score\":0.50,\"n\":1E2}" }.joined(separator: " ,\n")
        + " ], \"results_count\":3.0}"
    }
    #expect(
      try second(text(["b", "a"]), text(["a", "b", "c"]), in: .chatTool)
        == text(["b", "a", "c"]))
    #expect(try second(text(["b", "a"]), text(["a", "b"])) == text(["a", "b"]))
  }

  @Test func ordersPartsBetweenSeparators() throws {
    func text(_ names: [String]) -> String {
      "Intro\n---\n" + names.joined(separator: "\n---\n") + "\n---\nWhich?"
    }
    let settings = DocumentSettings(mode: .separator)
    #expect(
      try second(text(["b", "a\n\na"]), text(["a\n\na", "b", "c"]), settings)
        == text(["b", "a\n\na", "c"]))
    #expect(try second(text(["b", "a"]), text(["a", "b"])) == text(["a", "b"]))
    let own = DocumentSettings(mode: .separator, separator: "%%")
    #expect(
      try second("b\r\n%%\r\na", "a\r\n%%\r\nb\r\n%%\r\nc", own, in: .chatTool)
        == "b\r\n%%\r\na\r\n%%\r\nc")
  }

  @Test func ordersSections() throws {
    func text(_ names: [String]) -> String {
      "Intro\n"
        + names.map { "## \($0)\n\n### x\n```\n# no heading\n```\n" }.joined(separator: "\n")
    }
    let settings = DocumentSettings(mode: .markdownHeader)
    #expect(
      try second(text(["b", "a"]), text(["a", "b", "c"]), settings, in: .chatTool)
        == text(["b", "a", "c"]))
    // Where the last section ends is not known in a text that may end with a question.
    #expect(
      try second(text(["b", "a", "z"]), text(["a", "b", "c"]), settings)
        == text(["b", "a", "c"]))
  }

  /// Texts that can be read in two ways, or have nothing to order.
  private static let left: [(text: String, mode: DocumentSettings.Mode)] = [
    ("<documents><document>a</document></documents>", .auto),
    (
      "<documents><documents><document>a</document><document>b</document></documents></documents>",
      .auto
    ),
    (
      "<documents><document>a<document>b</document></document><document>c</document></documents>",
      .auto
    ),
    ("<documents><document>a</document><file>b</file></documents>", .auto),
    ("<documents><document>a</document><document>b</documents>", .auto),
    ("<documents><document>a</document><document>b</document>", .auto),
    ("<documents><document>a</document><document>b <!-- </document></documents>", .auto),
    ("<documents>A: <document>a</document> B: <document>b</document></documents>", .auto),
    ("<documents><doc>a</doc><files><doc>b</doc></files><doc>c</doc></documents>", .auto),
    ("[1] a\n[2] is cited\n[2] b\n[3] c", .auto),
    ("[1] a\n[2] b\n\nSources:\n[1] x\n[2] y", .auto),
    ("[0] a\n[1] b", .auto),
    ("[1] a", .auto),
    ("a [1] b [2] c", .auto),
    ("[1]: http://a\n[2]: http://b", .auto),
    ("[1] a\n\na\n[2] b\n\nWhy?", .numbered),
    ("# a\n## b\n# c", .separator),
    ("## a\n# b\n## c\n# d", .markdownHeader),
    ("", .auto),
  ]

  @Test(arguments: left.indices) func leavesWhatIsUnclear(index: Int) throws {
    let (text, mode) = Self.left[index]
    var rewriter = try DocumentRewriter(DocumentSettings(mode: mode), index: ContextIndex())
    let body = DocumentBody.Place.chatUser.body(DocumentBody.spelled(text))
    let rewritten = try rewriter.rewrite(body)
    #expect(rewritten.groups.isEmpty)
    #expect(rewritten.string == body)
  }

  @Test func takesOwnTags() throws {
    func text(_ names: [String]) -> String {
      "The <notes> below:\n<notes>" + names.map { "<note>\($0)</note>" }.joined() + "</notes>"
    }
    #expect(try second(text(["b", "a"]), text(["a", "b"])) == text(["a", "b"]))
    let settings = DocumentSettings(mode: .xmlTag, tag: "note")
    #expect(try second(text(["b", "a"]), text(["a", "b"]), settings) == text(["b", "a"]))
  }

  @Test(arguments: DocumentBody.Place.allCases) func looksWhereItIsAskedTo(
    place: DocumentBody.Place
  ) throws {
    let text = "<docs><doc>a</doc><doc>b</doc></docs>"
    let isSystem = [.chatSystem, .responsesInstructions, .anthropicSystem].contains(place)
    for (scope, isFound) in [
      (DocumentSettings.Scope.all, true), (.system, isSystem), (.toolResults, place.isResult),
    ] {
      var rewriter = try DocumentRewriter(DocumentSettings(scope: scope), index: ContextIndex())
      let rewritten = try rewriter.rewrite(place.body(DocumentBody.spelled(text)))
      #expect(rewritten.groups.count == (isFound ? 1 : 0), "\(scope)")
    }
  }
}
