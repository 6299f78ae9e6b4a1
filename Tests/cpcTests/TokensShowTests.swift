import Bytes
import OrderedJSON
import TestSupport
import Testing

/// `cpc tokens show` and the JSON forms of the other subcommands, byte for byte.
@Suite struct TokensShowTests {
  private static let text = "Hello,\tworld!\r\n加拿大𓀀 <|im_end|>e\u{301}"

  @Test func showsPiecesWithTheirIdsBeneath() throws {
    let result = try Command.cpc("tokens", "show", "--model", "qwen3", "-", input: Self.text)
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(
      result.output == """
        qwen3: 11 tokens

        Hello│, │→world│!␍↵
        9707 │11│76508 │45626

        加拿大│\\xF0\\x93│\\x80│\\x80│·  │<|im_end|>│é
        105274│124373  │222 │222 │220│151645    │963

        """)
  }

  @Test func showsSeveralModelsBelowOneAnotherLineByLine() throws {
    let result = try Command.cpc(
      "tokens", "show", "--model", "qwen3,gpt-4", "-", input: "12345\n\u{200B}ok")
    #expect(
      result.output == """
        qwen3: 8 tokens
        gpt-4: 5 tokens

        qwen3 1 │2 │3 │4 │5 │↵
              16│17│18│19│20│198
        gpt-4 123 │45  │↵
              4513│1774│198

        qwen3 \\u{200B}│ok
              15692   │562
        gpt-4 \\u{200B}│ok
              16067   │564

        """)
  }

  @Test func breaksRowsThatAreWiderThanTheTerminal() throws {
    let text = String(repeating: "a b ", count: 200)
    let result = try Command.cpc("tokens", "show", "--model", "qwen3", "-", input: text)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count > 10)
    #expect(lines.allSatisfy { $0.unicodeScalars.count <= 80 })
  }

  @Test func coloursWhereItIsToldTo() throws {
    let blue = "\u{1B}[30;48;5;153m"
    let yellow = "\u{1B}[30;48;5;229m"
    let reset = "\u{1B}[0m"
    let arguments = ["tokens", "show", "--model", "qwen3", "-"]
    let colored = try Command.run(arguments + ["--color", "always"], input: "Hi!")
    #expect(
      colored.output
        == "qwen3: 2 tokens\n\n\(blue)Hi   \(reset)\(yellow)!\(reset)\n"
        + "\(blue)13048\(reset)\(yellow)0\(reset)\n")
    for choice in ["auto", "never"] {
      let plain = try Command.run(arguments + ["--color", choice], input: "Hi!")
      #expect(plain.output == "qwen3: 2 tokens\n\nHi   │!\n13048│0\n")
    }
  }

  @Test func writesJSON() throws {
    let result = try Command.cpc(
      "tokens", "show", "--model", "qwen3", "--format", "json", "-", input: "加拿大𓀀<|im_end|>")
    #expect(
      result.output
        == #"{"schema_version":1,"file":"-","models":[{"model":"qwen3","tokens":["#
        + #"{"id":105274,"text":"加拿大","start":0,"end":9},"#
        + #"{"id":124373,"bytes":"f093","start":9,"end":11},"#
        + #"{"id":222,"bytes":"80","start":11,"end":12},{"id":222,"bytes":"80","start":12,"end":13},"#
        + #"{"id":151645,"text":"<|im_end|>","start":13,"end":23,"added":true}]}]}"# + "\n")
    let count = try Command.cpc(
      "tokens", "count", "--model", "qwen3,gpt-4", "--format", "json", "-", input: "12345")
    #expect(
      count.output
        == #"{"schema_version":1,"counts":[{"file":"-","model":"qwen3","bytes":5,"tokens":5},"#
        + #"{"file":"-","model":"gpt-4","bytes":5,"tokens":2}]}"# + "\n")
    let encoded = try Command.cpc(
      "tokens", "encode", "--model", "qwen3", "--format", "json", "-", input: "Hi<|im_end|>")
    #expect(
      encoded.output
        == #"{"schema_version":1,"file":"-","model":"qwen3","tokens":[13048,151645]}"# + "\n")
    let decoded = try Command.cpc(
      "tokens", "decode", "--model", "qwen3", "--skip-special", "-", input: encoded.output)
    #expect(decoded.output == "Hi")
  }

  @Test func showsNothingOfNothing() throws {
    let result = try Command.cpc("tokens", "show", "--model", "qwen3", "-")
    #expect(result.output == "qwen3: 0 tokens\n")
  }

  @Test func showsLongTextsInLinearTime() throws {
    let text = String(repeating: "The quick brown fox; 日本語.\n", count: 4_000)
    let result = try Command.cpc("tokens", "show", "--model", "qwen3,gpt-4", "-", input: text)
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count > 16_000)
  }

  @Test(arguments: [
    (["show", "--model", "qwen3", "missing.txt"], "missing.txt: error: cannot open: "),
    (["count", "--model", "qwen3", "Sources"], "Sources: error: is a folder"),
    (["decode", "--model", "qwen3", "-"], "<stdin>: error: byte 0: "),
    (["show", "--model", "qwen3,", "-"], "Error: --model qwen3,: a name is missing"),
    (["show", "--model", "qwen3", "--color", "red", "-"], "Error: The value 'red' is invalid"),
  ])
  func namesTheFileOrOptionAtFault(arguments: [String], message: String) throws {
    let result = try Command.run(["tokens"] + arguments, input: "x")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }
}
