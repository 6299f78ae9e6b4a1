import OrderedJSON
import PromptCompilation
import TestSupport

/// Bodies of the three interfaces with one text that has documents.
struct DocumentBody {
  enum Place: CaseIterable, Sendable {
    case chatSystem
    case chatUser
    case chatTool
    case chatToolParts
    case responsesInstructions
    case responsesInput
    case responsesOutput
    case anthropicSystem
    case anthropicUser
    case anthropicResult

    /// Whether the text is the result of a tool.
    var isResult: Bool {
      [.chatTool, .chatToolParts, .responsesOutput, .anthropicResult].contains(self)
    }

    /// The body with a spelled string in place of its text.
    func body(_ literal: String) -> String { template.replacing("@", with: literal) }

    private var template: String {
      switch self {
      case .chatSystem:
        #"{"model":"m", "messages":[{"role":"system","content": @ },{"role":"user","content":"Q"}],"n":1.0}"#
      case .chatUser:
        #"{"messages":[{"role":"user","content":[{"text":@,"type":"text"}]}] , "temperature":0e0}"#
      case .chatTool:
        #"{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":@}]}"#
      case .chatToolParts:
        #"{"messages":[{"role":"tool","content":[{"type":"text","text":"ok"},{"type":"text","text":@}]}]}"#
      case .responsesInstructions: #"{"instructions":@,"input":"Q"}"#
      case .responsesInput:
        #"{ "input" : [{"role":"user","content":[{"type":"input_text","text":@}]}] }"#
      case .responsesOutput:
        #"{"input":[{"type":"function_call","name":"f"},{"type":"function_call_output","output":@}]}"#
      case .anthropicSystem:
        #"{"system":[{"type":"text","text":@,"cache_control":{"type":"ephemeral"}}],"messages":[]}"#
      case .anthropicUser:
        #"{"max_tokens":1E2,"messages":[{"role":"user","content":@}],"system":"S"}"#
      case .anthropicResult:
        #"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":@}]}]}]}"#
      }
    }
  }

  /// A string as Python's `json` spells it, or with escapes of all kinds where a generator is given.
  static func spelled(_ text: String) -> String {
    var bytes: [UInt8] = []
    JSONWriter.appendQuoted(Array(text.utf8), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A string of which each character is spelled in one of the ways in which JSON can spell it.
  static func spelled(_ text: String, using generator: inout SeededGenerator) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      let isNeeded = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      if isNeeded || Int.random(in: 0..<8, using: &generator) == 0 {
        for unit in String(Character(scalar)).utf16 {
          let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// All texts of a body, one after another.
  static func texts(_ node: JSONNode) -> [String] {
    switch node.value {
    case .string(let text): [text.string]
    case .array(let elements): elements.flatMap(texts)
    case .object(let members): members.flatMap { texts($0.node) }
    case .null, .bool, .number: []
    }
  }
}

extension DocumentRewriter {
  /// Rewrites a body and checks that it can be given back.
  mutating func rewrite(_ body: String, tenant: ByteString = "") throws -> RewrittenBody {
    try rewrite(SourceText(name: "body.json", bytes: Array(body.utf8)), tenant: tenant)
  }
}

extension RewrittenBody {
  var string: String { String(decoding: bytes, as: UTF8.self) }
}
