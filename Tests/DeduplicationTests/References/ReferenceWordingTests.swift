import Bytes
import Deduplication
import Testing
import TextProcessing

@Suite struct ReferenceWordingTests {
  private static let part: ByteString = "[same as {source} from {first} to {last}]"
  private static let lines: ByteString = "[same as {source}, {lines} lines, {first} to {last}]"

  /// It is not checked when it is made.
  @Test func `the standard wording is one that could be given`() throws {
    let (whole, part, lines, edits) = ReferenceWording.standard.templates
    let given = try ReferenceWording(whole: whole, part: part, lines: lines, edits: edits)
    #expect(given == .standard)
  }

  @Test(arguments: [
    ("[same as it]", "needs {source}, each once, and no other"),
    ("[same as {source} {source}]", "needs {source}, each once, and no other"),
    ("[same as {source} {first}]", "needs {source}, each once, and no other"),
    ("[same as\n {source}]", "must be one line"),
    ("[a {source}]", "needs at least 4 bytes before the first field"),
    ("{source} again", "needs at least 4 bytes before the first field"),
    ("«wie {source}»", "the first of them an ASCII character"),
    ("\\same as {source}]", "is no backslash"),
    ("[same [as {source}]", "does not come again in them"),
    ("[same as {source}", "needs text between the fields, and behind the last one"),
  ])
  func `a wording in which references could not be found again is refused`(
    _ whole: String, _ message: String
  ) throws {
    let error = #expect(throws: WordingError.self) {
      try ReferenceWording(whole: ByteString(whole), part: Self.part, lines: Self.lines)
    }
    #expect(error?.message.contains(message) == true)
    #expect(error?.description.hasPrefix("wording \"\(whole)\": ") == true)
  }

  @Test func `all forms begin alike`() {
    let error = #expect(throws: WordingError.self) {
      try ReferenceWording(whole: "[like {source}]", part: Self.part, lines: Self.lines)
    }
    #expect(error?.message == "must begin as \"[like {source}]\" does up to its first field")
  }

  @Test func `fields that touch are refused`() {
    #expect(throws: WordingError.self) {
      try ReferenceWording(
        whole: "[same as {source}]", part: "[same as {source}: {first}{last}]", lines: Self.lines)
    }
  }

  /// Names with which a reference would read as another one, or as none.
  @Test(arguments: [
    "a]", "a] b", "x from \"y\" to \"z", "x\ny", "a from \"", String(repeating: "n", count: 1_100),
  ])
  func `what a name makes ambiguous is not referred to, or comes back`(_ name: String) throws {
    let words = (0..<60).map { "word\($0)" }.joined(separator: " ") + ".\n"
    let texts = [words, words, "So: " + words, words + "And on.\n", "x from \"y\" to \"z] a]"]
    for names in [
      [name, "b", "c", "d", "a"], ["a", name, "x", "y", "b"], ["a", name, name, "x", "x"],
    ] {
      var folder = TextFolder(segmenter: try TextSegmenter())
      var expander = TextExpander()
      for (name, text) in zip(names, texts) {
        let shown = folder.fold(Array(text.utf8), as: ByteString(name), counting: estimate)
        #expect(try expander.expand(shown.bytes, as: ByteString(name)) == Array(text.utf8))
      }
    }
  }

  /// Quotations that end the field early, or stand more than once.
  @Test(arguments: [
    "He said \"to \"and\" from\" and \"] went on with it for a very long while, as everybody knows well.",
    "again and again and again and again and again and again and again and again and again and again",
    "\"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"] \"]",
    "[same as a from \"again\" to \"end\"] and so on, and on, and on, until the very end of all things there is",
  ])
  func `text that reads as a part of a reference comes back`(_ line: String) throws {
    for text in [line, line + "\n" + line + "\nend", "x\n" + line + "\ny\n" + line + "\n" + line] {
      _ = try folded([text, "Start.\n" + text, text + "\nmore", line].map { Array($0.utf8) })
    }
  }

  @Test func `a reference to what is not there is an error with its place`() throws {
    var expander = TextExpander()
    expander.show(Array("One two three.".utf8), as: "a")
    let cases: [(String, ExpansionError.Problem)] = [
      ("see [same as b]", .unknownText),
      ("see [same as a from \"four\" to \"five\"]", .missingPart),
      ("see [same as a, 9 lines from \"One\" to \"three.\"]", .missingPart),
      ("see [same as a, 0 lines from \"One\" to \"three.\"]", .unknownText),
      ("see [same as a", .unknownText), ("see [same as c]", .missingPart),
    ]
    for (text, problem) in cases {
      var expander = expander
      let error = #expect(throws: ExpansionError.self) {
        try expander.expand(Array(text.utf8), as: "c")
      }
      #expect(error?.problem == problem, "\(text)")
      #expect(error?.offset == 4)
    }
  }

  @Test func `many texts and many references take linear time`() throws {
    let line =
      "The quick brown fox jumps over the lazy dog while it rains in Spain, again and again.\n"
    let texts = (0..<2_000).map { "Text \($0 % 50).\n" + line + line.uppercased() }
    _ = try folded(texts.map { Array($0.utf8) })
  }
}
