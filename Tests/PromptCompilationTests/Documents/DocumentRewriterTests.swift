import OrderedJSON
import PromptCompilation
import TestSupport
import Testing

/// In which order documents of request bodies stand, turn after turn, and that nothing else changes.
@Suite struct DocumentRewriterTests {
  private func documents(_ names: [String]) -> String {
    "<documents>" + names.map { "<document>\($0)</document>" }.joined() + "</documents>"
  }

  private func chat(_ messages: String...) -> String {
    "{\"messages\":[" + messages.joined(separator: ",") + "]}"
  }

  private func message(_ role: String, _ text: String) -> String {
    "{\"role\":\"\(role)\",\"content\":\(DocumentBody.spelled(text))}"
  }

  @Test func saysWhatItDid() throws {
    let long = String(repeating: "Words of a document. ", count: 20)
    var rewriter = try DocumentRewriter(index: ContextIndex())
    _ = try rewriter.rewrite(chat(message("user", documents(["b" + long, "a" + long]))))
    let body = chat(message("user", documents(["a" + long, "b" + long, "c" + long]) + " Why?"))
    let rewritten = try rewriter.rewrite(body)
    let group = try #require(rewritten.groups.first)
    #expect(group.order == [1, 0, 2])
    #expect(group.movedCount == 2)
    #expect(group.cachedDocuments == 2)
    #expect(group.cachedTokens > 200)
    #expect(!group.isRemembered)
    #expect(group.path == "/messages/0/content")
    #expect(group.form == .xmlTag)
    let first = group.ranges[0]
    let shown = String(decoding: rewritten.bytes[first.start..<first.end], as: UTF8.self)
    #expect(shown == "<document>b\(long)</document>")
  }

  @Test func keepsDocumentsThatComeTwice() throws {
    var rewriter = try DocumentRewriter(index: ContextIndex())
    _ = try rewriter.rewrite(chat(message("user", documents(["b", "a"]))))
    let rewritten = try rewriter.rewrite(chat(message("user", documents(["a", "b", "a", "b"]))))
    #expect(rewritten.string.components(of: "<document>a</document>") == 2)
    #expect(rewritten.string.components(of: "<document>b</document>") == 2)
  }

  @Test func repeatsWhatEarlierTurnsSent() throws {
    let index = ContextIndex()
    var rewriter = try DocumentRewriter(index: index)
    _ = try rewriter.rewrite(chat(message("user", documents(["c", "b", "a"]) + " X?")))
    var messages = [message("user", documents(["a", "b", "c"]) + " Y?")]
    var last = try rewriter.rewrite("{\"messages\":[" + messages.joined(separator: ",") + "]}")
    #expect(last.groups.first?.order == [2, 1, 0])
    for turn in 0..<4 {
      // Another conversation changes what is believed to be cached.
      _ = try rewriter.rewrite(chat(message("user", documents(["a", "c", "b", "d\(turn)"]))))
      messages += [
        message("assistant", "Yes."), message("tool", documents(["x\(turn)", "y", "z"])),
      ]
      let body = "{\"messages\":[" + messages.joined(separator: ",") + "]}"
      let next = try rewriter.rewrite(body)
      #expect(next.original == Array(body.utf8))
      #expect(next.bytes.starts(with: last.bytes.dropLast(2)))
      // A rewriter that remembers nothing finds the order in the index.
      var other = try DocumentRewriter(index: index)
      #expect(try other.rewrite(body).bytes == next.bytes)
      last = next
    }
  }

  @Test func leavesEarlierTurnsThatNobodyKnows() throws {
    var rewriter = try DocumentRewriter(index: ContextIndex())
    _ = try rewriter.rewrite(chat(message("user", documents(["b", "a"]))))
    let body = chat(
      message("user", documents(["a", "b", "c"])), message("assistant", "Yes."),
      message("user", "And?"))
    #expect(try rewriter.rewrite(body).string == body)
  }

  @Test func marksAndPartsDoNotMatterToWhatIsRemembered() throws {
    var rewriter = try DocumentRewriter(index: ContextIndex())
    _ = try rewriter.rewrite(chat(message("user", documents(["b", "a"]))))
    let text = DocumentBody.spelled(documents(["a", "b", "c"]))
    let marked =
      "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\(text),"
      + "\"cache_control\":{\"type\":\"ephemeral\"}}]}"
    #expect(try rewriter.rewrite(chat(marked)).groups.first?.order == [1, 0, 2])
    _ = try rewriter.rewrite(chat(message("user", documents(["c", "a", "b"]))))
    let later = chat(
      "{\"role\":\"user\",\"content\":\(text)}", message("assistant", "Yes."),
      message("user", "And?"))
    let group = try rewriter.rewrite(later).groups.first
    #expect(group?.order == [1, 0, 2])
    #expect(group?.isRemembered == true)
  }

  @Test func tenantsDoNotSeeEachOther() throws {
    var rewriter = try DocumentRewriter(index: ContextIndex())
    var alone = try DocumentRewriter(index: ContextIndex())
    _ = try rewriter.rewrite(chat(message("user", documents(["b", "a"]))), tenant: "one")
    let body = chat(message("user", documents(["a", "b"])))
    #expect(
      try rewriter.rewrite(body, tenant: "two").bytes
        == alone.rewrite(body, tenant: "two").bytes)
  }

  @Test func namesTheOrderOfImportance() throws {
    var rewriter = try DocumentRewriter(
      DocumentSettings(annotates: true), index: ContextIndex())
    func named(_ names: [String]) -> String {
      "<docs>" + names.map { "<doc id=\"\($0)\">\($0)</doc>" }.joined() + "</docs>"
    }
    let plain = chat(message("user", named(["b", "a"]) + " Why?"))
    #expect(try rewriter.rewrite(plain).string == plain)
    let body = chat(message("user", named(["a", "b", "c"]) + " Why?"))
    let rewritten = try rewriter.rewrite(body)
    #expect(
      rewritten.string
        == chat(
          message("user", named(["b", "a", "c"]) + "\n[Most important first: a, b, c]\n Why?")))
    #expect(rewritten.original == Array(body.utf8))
    _ = try rewriter.rewrite(chat(message("user", documents(["y", "x"]))))
    let unnamed = try rewriter.rewrite(chat(message("user", documents(["x", "y"]))))
    #expect(unnamed.string.contains("[Most important first: document 2, document 1]"))
  }

  @Test func citedDocumentsStay() throws {
    let body =
      #"{"messages":[{"role":"user","content":[{"type":"document","citations":{"enabled":true},"source":{"type":"text","data":"<docs><doc>a</doc><doc>b</doc></docs>"}}]}]}"#
    var rewriter = try DocumentRewriter(index: ContextIndex())
    #expect(try rewriter.rewrite(body).groups.isEmpty)
  }

  @Test func faultsAreToldWithTheirPlace() throws {
    var rewriter = try DocumentRewriter(index: ContextIndex())
    let error = #expect(throws: CompilationError.self) {
      try rewriter.rewrite(#"{"messages":7}"#)
    }
    #expect(error?.description.hasPrefix("body.json:1:13: ") == true)
  }

  /// Random documents in all forms and bodies, each character spelled in any way.
  @Test(arguments: DocumentBody.Place.allCases) func everythingIsGivenBack(
    place: DocumentBody.Place
  ) throws {
    var movedCount = 0
    for seed in 0..<36 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let mode = DocumentSettings.Mode.allCases[Int(seed) % 6]
      var rewriter = try DocumentRewriter(
        DocumentSettings(mode: mode, annotates: seed % 3 == 0), index: ContextIndex())
      for _ in 0..<4 {
        let text = RandomDocuments.text(mode, using: &generator)
        let body = place.body(DocumentBody.spelled(text, using: &generator))
        let rewritten = try rewriter.rewrite(body)
        #expect(rewritten.original == Array(body.utf8), "\(place) \(seed)")
        let (old, new) = (
          DocumentBody.texts(try JSONParser.parse(Array(body.utf8))),
          DocumentBody.texts(try JSONParser.parse(rewritten.bytes))
        )
        #expect(old.count == new.count)
        let isAnnotated = rewritten.groups.contains { $0.line != nil }
        let (before, after) = (old.joined().utf8.sorted(), new.joined().utf8.sorted())
        #expect(isAnnotated || before == after, "\(place) \(seed)")
        movedCount += rewritten.groups.reduce(0) { $0 + $1.movedCount }
        #expect(
          try rewriter.rewrite(body).bytes == rewritten.bytes, "the same body again, \(seed)")
      }
    }
    #expect(movedCount > 0)
  }

  /// Takes seconds where each document of a container costs as much as all before it.
  @Test func aContainerMayHaveManyDocuments() throws {
    let names = (0..<4_000).map(String.init)
    var rewriter = try DocumentRewriter(index: ContextIndex())
    _ = try rewriter.rewrite(chat(message("user", documents(Array(names[2...9].reversed())))))
    let group = try rewriter.rewrite(chat(message("user", documents(names)))).groups.first
    #expect(group?.order.prefix(8) == [9, 8, 7, 6, 5, 4, 3, 2])
    #expect(group?.order.count == 4_000)
  }

  @Test func hostileTextsAreRead() throws {
    for piece in [
      "<documents>", "<document a=\"", "<!--", "<![CDATA[", "[1] a\n", "---\n", "# a\n", "```\n",
      "<docs><doc>a</doc><doc>b</doc></docs>", "\\ud83d\\ude00 <doc>",
    ] {
      let text = String(repeating: piece, count: 4_000)
      for mode in DocumentSettings.Mode.allCases where mode != .auto {
        var rewriter = try DocumentRewriter(DocumentSettings(mode: mode), index: ContextIndex())
        let body = DocumentBody.Place.chatTool.body(DocumentBody.spelled(text))
        #expect(try rewriter.rewrite(body).original == Array(body.utf8))
      }
    }
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

/// Random texts with documents.
enum RandomDocuments {
  static func text(
    _ mode: DocumentSettings.Mode, using generator: inout SeededGenerator
  ) -> String {
    var names = ["alpha", "beta", "gämma 𝄞", "delta\n\nδ", "\"eta\" \\ / [2]", "[3] zeta"]
      .shuffled(using: &generator)
    names.removeLast(Int.random(in: 0...4, using: &generator))
    let joint = ["\n", "\n\n", " \r\n", ""].randomElement(using: &generator) ?? ""
    let intro = ["", "Read these.\n", "Über <b>\n\n"].randomElement(using: &generator) ?? ""
    let end = ["", "\n\nWhich?", "\n"].randomElement(using: &generator) ?? ""
    switch mode {
    case .auto, .xmlTag:
      return intro + "<docs>"
        + names.map { "<doc k='\(joint)'>\($0)</doc>" }.joined(separator: joint)
        + "</docs>" + end
    case .numbered:
      return intro
        + names.enumerated().map { "[\($0 + 1)] \($1)" }.joined(separator: "\n" + joint) + end
    case .jsonResults:
      return "{\"results\":[" + names.map(DocumentBody.spelled).joined(separator: " , ") + "]}"
    case .separator: return intro + names.joined(separator: "\n---\n") + "\n---" + end
    case .markdownHeader: return intro + names.map { "# \($0)\n" }.joined(separator: joint) + end
    }
  }
}
