import Bytes
import TestSupport
import Testing

/// `cpc tokens` on input that is long, damaged or comes in parts.
@Suite struct TokensStreamTests {
  private static func decode(_ input: String) throws -> CommandResult {
    try Command.cpc("tokens", "decode", "--model", "qwen3", "-", input: input)
  }

  @Test(arguments: [
    ("[]", ""), (" [ 13048 ,\n0\t] \n", "Hi!"), ("[151645]", "<|im_end|>"),
    (#"{"model":"x","tokens":[13048,0]}"#, "Hi!"), ("\n {\"tokens\":[]}", ""),
  ])
  func decodesArraysAndObjects(input: String, text: String) throws {
    let result = try Self.decode(input)
    #expect(result.errors == "")
    #expect(result.output == text)
    #expect(result.status == 0)
  }

  @Test func decodesMoreThanItReadsAtOnce() throws {
    let ids = "[" + Array(repeating: "13048,0", count: 40_000).joined(separator: ", ") + "]"
    let result = try Self.decode(ids)
    #expect(result.output == String(repeating: "Hi!", count: 40_000))
  }

  /// What came before the fault is written.
  @Test(arguments: [
    ("[13048,x]", "Hi", "byte 7: not a token id"),
    ("[13048 0]", "Hi", "byte 7: expected a comma or ]"),
    ("[13048,]", "Hi", "byte 7: not a token id"),
    ("[13048,-1]", "Hi", "byte 7: not a token id"),
    ("[13048,01]", "Hi", "byte 7: not a token id"),
    ("[13048,4294967296]", "Hi", "byte 7: not a token id"),
    ("[13048,999999]", "Hi", "no token has the id 999999 (at index 1)"),
    ("[13048] 1", "Hi", "byte 8: text behind the array"),
    ("[13048,0", "Hi", "byte 8: the array of token ids ends early"),
    ("", "", "byte 0: the array of token ids ends early"),
    ("13048", "", "byte 0: expected an array of token ids"),
    (#"{"ids":[1]}"#, "", "expected an array of token ids under \"tokens\""),
    (#"{"tokens":[1.5]}"#, "", "byte 11: not a token id"),
  ])
  func saysWhereTheIDsAreWrong(input: String, text: String, message: String) throws {
    let result = try Self.decode(input)
    #expect(result.status == 2)
    #expect(result.output == text)
    #expect(result.errors == "<stdin>: error: \(message)\n")
  }

  @Test func countsAndEncodesNothing() throws {
    #expect(try Command.cpc("tokens", "count", "--model", "qwen3", "-", input: "").output == "0\n")
    let encoded = try Command.cpc("tokens", "encode", "--model", "qwen3", "-", input: "")
    #expect(encoded.output == "[]\n")
  }

  @Test(arguments: ["count", "encode", "show"])
  func saysWhereATextIsNotUTF8(command: String) throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/text"
      try Files.writeAtomically(Array("ab".utf8) + [0xC3, 0x28], to: path)
      let result = try Command.cpc("tokens", command, "--model", "qwen3", path)
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors == "\(path): error: not UTF-8 at byte 2\n")
    }
  }

  @Test(arguments: ["count", "encode", "decode", "show", "check"])
  func saysThatAFileIsMissingOrAFolderOrTheModelUnknown(command: String) throws {
    let missing = try Command.cpc("tokens", command, "--model", "qwen3", "missing")
    #expect(missing.status == 2)
    #expect(missing.errors == "missing: error: cannot open: No such file or directory\n")
    let folder = try Command.cpc("tokens", command, "--model", "qwen3", "Sources")
    #expect(folder.errors == "Sources: error: is a folder, not a file\n")
    let model = try Command.cpc("tokens", command, "--model", "nosuch", "-")
    #expect(model.status == 2)
    #expect(model.errors.contains("nosuch"))
  }

  @Test(arguments: ["a,,b", ",a", "a,", ","])
  func saysThatAModelIsMissingBesideAComma(models: String) throws {
    let result = try Command.cpc("tokens", "count", "--model", models, "-")
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("Error: --model \(models): a name is missing beside a comma"))
  }
}
