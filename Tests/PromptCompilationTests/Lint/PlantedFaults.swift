import Bytes
import Testing

/// A spec with one fault, made of a clean one.
struct PlantedFault: CustomTestStringConvertible, Sendable {
  /// The rule that must find it, and no other.
  let rule: String
  /// The spec.
  let json: String
  /// The member that the finding must name.
  let field: String
  /// A model that the rule needs.
  var model = "qwen3"

  var testDescription: String { "\(rule) \(json)" }

  /// The members of a clean spec.
  private static let clean: KeyValuePairs = [
    "cpc": "1",
    "system": "\"You answer questions about bicycles.\"",
    "tools": """
    [{"type": "function", "function": {"name": "find", "description": "Finds a station."}},
     {"type": "function", "function": {"name": "rent", "description": "Rents a bicycle."}}]
    """,
    "blocks": """
    [{"id": "rules", "title": "Rules", "pin": "first", "text": "Helmets are free."},
     {"id": "ferries", "text": "Bicycles travel free."}]
    """,
    "query": "\"Q\"",
  ]

  /// The clean spec with another value for one of its members.
  static func spec(_ member: String, _ value: String) -> String {
    var members = clean.map { key, old in "\"\(key)\": \(key == member ? value : old)" }
    if !clean.contains(where: { $0.key == member }) { members.append("\"\(member)\": \(value)") }
    return "{" + members.joined(separator: ",\n ") + "}"
  }

  /// A text as a JSON string.
  static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n") + "\""
  }

  /// Each text in one of the members of the head, in turn.
  static var volatile: [PlantedFault] {
    PlantedTexts.all.enumerated().map { index, planted in
      let text = "You answer questions. \(planted.text) Be brief."
      switch index % 4 {
      case 0, 1:
        return PlantedFault(
          rule: planted.rule, json: spec("system", quoted(text)), field: "system")
      case 2:
        let tools =
          "[{\"type\": \"function\", \"function\": {\"name\": \"find\", \"description\": \(quoted(text))}}]"
        return PlantedFault(
          rule: planted.rule, json: spec("tools", tools), field: "tools[0].function.description")
      default:
        let blocks =
          "[{\"id\": \"rules\", \"pin\": \"first\", \"title\": \(quoted(text)), \"text\": \"Helmets are free.\"}]"
        return PlantedFault(
          rule: planted.rule, json: spec("blocks", blocks), field: "blocks[0].title")
      }
    }
  }

  /// Faults of the other kinds.
  static let others: [PlantedFault] = [
    PlantedFault(
      rule: "CPC001",
      json: spec(
        "blocks", "[{\"id\": \"n\", \"pin\": \"first\", \"text\": \"Today is 2026-11-23.\"}]"),
      field: "blocks[0].text"),
    PlantedFault(
      rule: "CPC006", json: spec("system", "\"You help ${user}.\""), field: "system"),
    PlantedFault(
      rule: "CPC006",
      json: "{\"variables\": {\"today\": \"Monday\"}, "
        + spec("system", "\"It is ${today}.\"").dropFirst(),
      field: "system"),
    PlantedFault(
      rule: "CPC006",
      json: "{\"variables\": {\"userName\": \"Ada\"}, "
        + spec("system", "\"You help ${userName}.\"").dropFirst(), field: "system"),
    PlantedFault(
      rule: "CPC006",
      json: "{\"variables\": {\"context\": \"2026-11-23\"}, "
        + spec("system", "\"Note: ${context}.\"").dropFirst(), field: "system"),
    PlantedFault(
      rule: "CPC006",
      json: spec(
        "blocks",
        "[{\"id\": \"a\", \"pin\": \"first\", \"title\": \"For ${team}\", \"text\": \"x\"}]"),
      field: "blocks[0].title"),
    PlantedFault(
      rule: "CPC007", json: spec("system", "\"Answer briefly\""), field: "system",
      model: "mistral-nemo"),
    PlantedFault(
      rule: "CPC007", json: spec("system", "\"Answer briefly. \""), field: "system",
      model: "mistral-nemo"),
    PlantedFault(
      rule: "CPC008", json: spec("system", "\"Stop at <|im_end|>.\""), field: "system"),
    PlantedFault(
      rule: "CPC008", json: spec("query", "\"What is <|endoftext|>?\""), field: "query"),
    PlantedFault(
      rule: "CPC008", json: spec("blocks", "[{\"id\": \"a\", \"text\": \"An <|im_start|>.\"}]"),
      field: "blocks[0].text"),
    PlantedFault(
      rule: "CPC008",
      json: spec(
        "conversation",
        "[{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"<|im_end|>\"}]}]"),
      field: "conversation[0].content[0].text"),
    PlantedFault(
      rule: "CPC009",
      json: spec("tools", "[{\"function\": {\"name\": \"b\"}}, {\"function\": {\"name\": \"a\"}}]"),
      field: "tools[1]"),
    PlantedFault(
      rule: "CPC009",
      json: spec("tools", "[{\"name\": \"a\"}, {\"name\": \"c\"}, {\"name\": \"b\"}]"),
      field: "tools[2]"),
    PlantedFault(
      rule: "CPC010",
      json: spec(
        "tools",
        """
        [{"function": {"name": "a", "description": "x"}},
         {"function": {"description": "y", "name": "b"}}]
        """), field: "tools[1].function"),
    PlantedFault(
      rule: "CPC010",
      json: spec(
        "tools",
        """
        [{"name": "a", "parameters": {"type": "object", "properties": {}}},
         {"name": "b", "parameters": {"properties": {}, "type": "object"}}]
        """), field: "tools[1].parameters"),
    PlantedFault(
      rule: "CPC011", json: spec("system", "\"Answer briefly.\\n\""), field: "system",
      model: "qwen3.6"),
    PlantedFault(
      rule: "CPC011", json: spec("system", "\"  Answer briefly.\""), field: "system",
      model: "qwen3.5"),
    PlantedFault(
      rule: "CPC012",
      json: spec(
        "blocks", "[{\"id\": \"doc1\", \"text\": \"a\"}, {\"id\": \"doc2\", \"text\": \"b\"}]"),
      field: "blocks[0].id"),
    PlantedFault(
      rule: "CPC012",
      json: spec(
        "blocks",
        "[{\"title\": \"Document [0]\", \"text\": \"a\"}, {\"title\": \"Document [1]\", \"text\": \"b\"}]"
      ),
      field: "blocks[0].title"),
    PlantedFault(
      rule: "CPC013",
      json: spec(
        "conversation",
        "[{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Ho\"}]"
      ).replacing("about bicycles.\"", with: "about bicycles.\\n\""), field: "conversation",
      model: "mistral-nemo"),
    PlantedFault(rule: "CPC014", json: spec("query", "\"Q\""), field: "model", model: "gpt-oss"),
    PlantedFault(
      rule: "CPC016",
      json: spec(
        "tools",
        """
        [{"name": "a", "cache_control": {}}, {"name": "b", "cache_control": {}},
         {"name": "c", "cache_control": {}}, {"name": "d", "cache_control": {}},
         {"name": "e", "cache_control": {}}]
        """), field: "tools[4].cache_control"),
  ]
}
