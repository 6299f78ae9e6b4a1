import ArgumentParser
import Bytes
import OrderedJSON
import PromptCompilation

struct TemplateList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the chat templates of the models that cpc knows.",
    discussion: """
      APPEND-ONLY are the keyword arguments with which compile keeps a conversation append-only; DATE is \
      what stands for today's date where no --now names one.
      """)

  @Option(help: "text: a table; json: one object.")
  var format: TokensFormat = .text

  func run() throws {
    let catalog = try ModelCatalog()
    let profiles = try catalog.profiles()
    switch format {
    case .text:
      var table = TextTable(["TEMPLATE", "MODEL", "APPEND-ONLY", "DATE"])
      for profile in profiles {
        let arguments = profile.appendOnlyArguments.map {
          "\($0.key)=\(String(decoding: JSONWriter.write($0.node.value), as: UTF8.self))"
        }
        table.add([
          profile.templateFile ?? "", profile.name.string, arguments.joined(separator: " "),
          Self.date(of: profile),
        ])
      }
      for line in table.lines { try Terminal.printLine(line) }
    case .json:
      var entries: [JSONValue] = []
      for profile in profiles {
        let digest = try catalog.template(of: profile).digest.hexadecimal
        let members = [
          JSONMember("template", JSONNode(.string(ByteString(profile.templateFile ?? "")))),
          JSONMember("sha256", JSONNode(.string(ByteString(digest)))),
          JSONMember("model", JSONNode(.string(profile.name))),
        ]
        entries.append(.object(members + Self.pins(of: profile)))
      }
      let list: JSONValue = .object([
        "schema_version": .integer(TokensFormat.schemaVersion), "templates": .array(of: entries),
      ])
      try Terminal.write(JSONWriter.write(list, style: .indented) + [UInt8(ascii: "\n")])
    }
  }

  private static func date(of profile: ModelProfile) -> String {
    if let date = profile.date { return "\(date.argument)=\(date.value)" }
    return profile.clock?.description ?? ""
  }

  /// What a profile pins, under the names that it has there; only what is there.
  static func pins(of profile: ModelProfile) -> [JSONMember] {
    var members: [JSONMember] = []
    if !profile.appendOnlyArguments.isEmpty {
      members.append(JSONMember("append_only", JSONNode(.object(profile.appendOnlyArguments))))
    }
    if let date = profile.date {
      let pinned: JSONValue = .object([
        "argument": .string(date.argument), "value": .string(date.value),
      ])
      members.append(JSONMember("date", JSONNode(pinned)))
    }
    if let clock = profile.clock {
      members.append(JSONMember("clock", JSONNode(.string(ByteString(clock.description)))))
    }
    return members
  }
}
