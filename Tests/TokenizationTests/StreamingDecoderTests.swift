import Bytes
import TestSupport
import Testing
import Tokenization

@Suite struct StreamingDecoderTests {
  /// What comes piece by piece is what `decode` gives at once, in bytes and as text, and every piece
  /// is whole characters.
  @Test(arguments: [false, true])
  func givesTheTextInWholeCharacters(skippingSpecial: Bool) throws {
    let tokenizer = try Qwen3.tokenizer.get()
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<1_000 {
      let ids = try tokenizer.encode(RandomText.text(length: 40, using: &generator))
      let expected = try tokenizer.decode(ids, skippingSpecial: skippingSpecial)
      var decoder = StreamingDecoder(tokenizer, skippingSpecial: skippingSpecial)
      var bytes: [UInt8] = []
      for id in ids {
        let piece = try decoder.append(id)
        #expect(UTF8Validation.firstInvalidOffset(in: piece) == nil)
        bytes += piece
      }
      #expect(decoder.finish() == [])
      #expect(bytes == expected)
    }
  }

  /// Any ids at all, most of which are no text: nothing is lost, and the text is that of the bytes.
  @Test func losesNothingOfBytesThatAreNoText() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    var generator = SeededGenerator(seed: 32)
    // The tokens of single bytes: every way to break a sequence comes up.
    for _ in 0..<20_000 {
      let ids = (0..<6).map { _ in UInt32.random(in: 0..<256, using: &generator) }
      let expected = try tokenizer.decode(ids)
      var bytes: [UInt8] = []
      var text = ""
      var decoder = StreamingDecoder(tokenizer)
      var textDecoder = StreamingDecoder(tokenizer)
      for id in ids {
        bytes += try decoder.append(id)
        text += try textDecoder.string(appending: id)
      }
      bytes += decoder.finish()
      text += textDecoder.finishString()
      #expect(bytes == expected)
      #expect(text.utf8.elementsEqual(String(decoding: expected, as: UTF8.self).utf8))
    }
  }

  @Test func holdsACharacterBackUntilItIsWhole() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    let bytes = try "👩".utf8.map { byte in
      try #require((0..<256).first { try tokenizer.decode([$0]) == [byte] })
    }
    var decoder = StreamingDecoder(tokenizer)
    #expect(try bytes.map { try decoder.string(appending: $0) } == ["", "", "", "👩"])
    #expect(decoder.finishString() == "")
    #expect(try bytes.prefix(2).map { try decoder.string(appending: $0) } == ["", ""])
    #expect(decoder.finishString() == "\u{FFFD}")
    #expect(try decoder.append(bytes[0]) == [])
    #expect(decoder.finish() == [0xF0])
  }

  @Test func refusesIdsThatNoTokenHasAndGoesOn() throws {
    let tokenizer = try Qwen3.tokenizer.get()
    var decoder = StreamingDecoder(tokenizer)
    _ = try decoder.append(0)
    #expect(throws: TokenizerError.unknownToken(id: 151_669, index: 1)) {
      try decoder.append(151_669)
    }
    #expect(try decoder.append(0) == tokenizer.decode([0]))
  }
}
