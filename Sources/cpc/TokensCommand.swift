import ArgumentParser

struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens",
    abstract: "Count, encode, decode and show tokens, and check a tokenizer against vectors.",
    subcommands: [
      TokensCount.self, TokensEncode.self, TokensDecode.self, TokensShow.self, TokensCheck.self,
    ])
}
