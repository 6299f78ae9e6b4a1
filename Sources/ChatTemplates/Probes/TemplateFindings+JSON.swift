internal import Bytes
public import OrderedJSON

extension TemplateFindings {
  /// The findings as JSON, members always in the same order.
  public var json: [JSONMember] {
    let members: KeyValuePairs<ByteString, JSONValue> = [
      "slots": .object(
        slots.map { JSONMember(ByteString($0.part.rawValue), $0.outcome.json(\.json)) }),
      "history": .object(
        histories.map { JSONMember(ByteString($0.scenario.rawValue), $0.outcome.json(\.json)) }),
      "arguments": .array(of: arguments.map(\.json)),
      "date": date.map { .object($0.json) } ?? .null,
      "key_order": .object(
        keyOrders.map {
          JSONMember(ByteString($0.objects.rawValue), JSONNode($0.difference?.json ?? .null))
        }),
      "trims": .object(
        edges.map { JSONMember($0.role, JSONNode($0.finding?.json ?? .null)) }),
      "bos": beginning.json,
      "generation_prompt": generationPrompt.json(\.json).value,
    ]
    return members.map { JSONMember($0.key, JSONNode($0.value)) }
  }
}

extension ProbeOutcome {
  /// The finding, or `{"refused": message}`.
  func json(_ form: (Finding) -> JSONValue) -> JSONNode {
    switch self {
    case .found(let finding): JSONNode(form(finding))
    case .refused(let refusal):
      JSONNode(.object(["refused": .string(ByteString(refusal.message))]))
    }
  }
}

extension TemplateSlot {
  var json: JSONValue {
    .object(["place": .string(ByteString(place.rawValue)), "moves": .bool(moves)])
  }
}

extension HistoryFinding {
  var json: JSONValue {
    var members = [JSONMember("append_only", JSONNode(.bool(isAppendOnly)))]
    if let firstBreak {
      members += [
        JSONMember("next", JSONNode(.string(ByteString(firstBreak.step.rawValue)))),
        JSONMember("messages", JSONNode(.integer(firstBreak.messages))),
        JSONMember("lost_bytes", JSONNode(.integer(firstBreak.lostBytes))),
        JSONMember("difference", JSONNode(firstBreak.difference.json)),
      ]
    }
    return .object(members)
  }
}

extension TextDifference {
  /// The difference as JSON.
  public var json: JSONValue {
    var members = [JSONMember("byte", JSONNode(.integer(byte)))]
    if let token { members.append(JSONMember("token", JSONNode(.integer(token)))) }
    return .object(
      members + [
        JSONMember("before", JSONNode(.string(before))),
        JSONMember("first", JSONNode(.string(first))),
        JSONMember("second", JSONNode(.string(second))),
      ])
  }
}

extension TextEffect {
  var json: [JSONMember] {
    [
      JSONMember(
        "scenarios",
        JSONNode(.array(of: scenarios.map { .string(ByteString($0.rawValue)) }))),
      JSONMember("region", JSONNode(.string(ByteString(region.rawValue)))),
      JSONMember("difference", JSONNode(difference.json)),
    ]
  }
}

extension ArgumentFinding {
  var json: JSONValue {
    .object(
      [JSONMember("name", JSONNode(.string(name))), JSONMember("values", JSONNode(.array(values)))]
        + effect.json)
  }
}

extension EdgeFinding {
  var json: JSONValue { .object(["start": .bool(trimsStart), "end": .bool(trimsEnd)]) }
}

extension BeginningFinding {
  var json: JSONValue {
    .object(["token": token.map { .string($0) } ?? .null, "in_template": .bool(isWritten)])
  }
}

extension GenerationPromptFinding {
  var json: JSONValue {
    .object([
      "text": .string(text), "pure_suffix": .bool(isPureSuffix),
      "difference": difference?.json ?? .null,
    ])
  }
}
