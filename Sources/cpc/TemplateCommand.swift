import ArgumentParser

struct TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Render chat templates, and compare them with the reference implementation.",
    subcommands: [
      TemplateRender.self,
      TemplateProbeCommand.self,
      TemplateList.self,
      TemplateConformance.self,
    ])
}
