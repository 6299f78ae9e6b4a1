import Bytes
import TextProcessing
import Testing

/// Sentences by hand: `|` stands where one ends.
@Suite struct SentenceTests {
  private static let shared = Result { try TextSegmenter() }
  private let segmenter: TextSegmenter

  init() throws {
    segmenter = try Self.shared.get()
  }

  private func expect(_ marked: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let text = Array(marked.utf8).filter { $0 != UInt8(ascii: "|") }
    let sentences = try text.withUnsafeBytes { buffer in
      try segmenter.sentences(of: buffer).map { range in
        String(decoding: buffer[range.start..<range.end], as: UTF8.self)
      }
    }
    #expect(sentences.joined(separator: "|") == marked, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "It rains. |We stay at home. |Why not?",
    "He said \"No.\" |Then he left. |(She stayed.) |They met.",
    "“Is it?” he asked. |“It is.” |She nodded.",
    "Really?! |Yes... |No. |Wait... what?",
    "Well, e.g. apples, i.e. Fruit, etc. |Then pears.",
    "Mr. Smith met Mrs. Jones and Dr. No. |They talked.",
    "J. R. R. Tolkien wrote it. |C.S. Lewis read it.",
    "See Fig. 3 and No. 5, pp. 12, vol. 2. |It is in Sec. 4.",
    "Version 2.1.3 costs 3.50 dollars. |See https://example.org/a?b=c. |Open main.swift. |Done.",
    "He lives in the U.S. |He works for the U.S. Army.",
    "It is true.[1] |So is this.² |And this.",
    "**Note.** |This is bold. |`x.` |Y.",
    "At 5 p.m. |The bell rang. |Yahoo! |It is",
    "Smith et al. (2019) found it. |It holds.",
    "The answer is 5. |The question is not.",
  ])
  func english(text: String) throws {
    try expect(text)
  }
}
