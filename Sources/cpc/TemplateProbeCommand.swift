import ArgumentParser
import Bytes
import ChatTemplates
import OrderedJSON
import PromptCompilation
import Tokenization

struct TemplateProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Find out what a chat template does to a prefix, by rendering marked conversations.",
    discussion: """
      Says where system text, tools and documents stand and whether they move, whether history is \
      append-only, which keyword arguments and whether the date change the text, and what becomes of \
      white space. Tokens are counted if the model's vocabulary is there. docs/probes.md explains it all.
      """)

  @OptionGroup var template: TemplateOptions

  @Option(
    help: ArgumentHelp(
      "Keyword arguments that every conversation is rendered with, such as '{\"enable_thinking\": false}'.",
      valueName: "json"))
  var chatTemplateKwargs: String?

  @Option(help: "text: tables; json: one object.")
  var format: TokensFormat = .text

  func run() throws {
    let selected = try template.load()
    let model = try template.located()
    // Probing needs no vocabulary: without one there are bytes alone.
    let tokenizer = try? model?.tokenizer()
    let probe = TemplateProbe(
      selected.templates, specialTokens: model == nil ? nil : selected.specialTokens,
      keywordArguments: try TemplateRequestOptions.keywordArguments(chatTemplateKwargs),
      clock: selected.clock ?? .epoch, tokenizer: tokenizer)
    let findings = probe.findings()
    switch format {
    case .text:
      let report = TemplateProbeReport(
        findings, template: selected.templates.standard.name,
        vocabulary: tokenizer?.vocabulary.name.string)
      for line in report.lines { try Terminal.printLine(line) }
    case .json:
      let members = [
        JSONMember("schema_version", JSONNode(.integer(TokensFormat.schemaVersion))),
        JSONMember("model", JSONNode(model.map { .string($0.profile.name) } ?? .null)),
        JSONMember(
          "template", JSONNode(.string(ByteString(selected.templates.standard.name)))),
        JSONMember(
          "vocabulary", JSONNode(tokenizer.map { .string($0.vocabulary.name) } ?? .null)),
      ]
      let object = JSONValue.object(members + findings.json)
      try Terminal.write(JSONWriter.write(object, style: .indented) + [UInt8(ascii: "\n")])
    }
  }
}
