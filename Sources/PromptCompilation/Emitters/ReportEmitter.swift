internal import Bytes
internal import ContextIndex
internal import Deduplication
internal import OrderedJSON

/// Writes the report that goes with a prompt, and the form that holds everything.
struct ReportEmitter {
  static let schemaVersion = 1

  private let prompt: CompiledPrompt
  private let plainTokenCount: Int?

  init(_ prompt: CompiledPrompt, plainTokenCount: Int?) {
    self.prompt = prompt
    self.plainTokenCount = plainTokenCount
  }

  /// The report: seal, blocks, passes.
  var report: JSONValue {
    .object(
      [
        JSONMember("schema_version", JSONNode(.integer(Self.schemaVersion))),
        JSONMember("cpc", JSONNode(.string(ByteString(CPCVersion.current)))),
        JSONMember("spec", JSONNode(.string(ByteString(prompt.spec.name)))),
        JSONMember("model", JSONNode(.string(prompt.model))),
        JSONMember("seal", JSONNode(seal)),
      ]
        + (plainTokenCount.map { [JSONMember("plain_tokens", JSONNode(.integer($0)))] } ?? [])
        + fold + (prompt.nextTurn.map { [JSONMember("next_turn", JSONNode($0.json))] } ?? [])
        + [
          JSONMember("blocks", JSONNode(.array(of: prompt.blocks.map(block)))),
          JSONMember("displacement", JSONNode(displacement)),
        ] + prompt.optionalReportMembers + [
          JSONMember("passes", JSONNode(.array(of: prompt.passes.map(pass)))),
          JSONMember(
            "warnings",
            JSONNode(.array(of: prompt.warnings.map { .string(ByteString($0.description)) }))),
        ])
  }

  /// The report, the request, the text and the tokens.
  var everything: JSONValue {
    guard case .object(let members) = report else { return report }
    return .object(
      members + [
        JSONMember("request", JSONNode(OpenAIEmitter(prompt).body)),
        JSONMember("text", JSONNode(.string(ByteString(prompt.text)))),
        JSONMember(
          "tokens", JSONNode(.array(of: prompt.tokens.map { .integer(Int($0)) }))),
      ])
  }

  private var seal: JSONValue {
    let seal = prompt.seal
    return .object([
      "vocabulary": .object([
        "name": .string(seal.vocabulary),
        "sha256": .string(ByteString(seal.vocabularyDigest.hexadecimal)),
      ]),
      "template": .object(
        [
          JSONMember("name", JSONNode(.string(ByteString(seal.template)))),
          JSONMember(
            "sha256", JSONNode(.string(ByteString(seal.templateDigest.hexadecimal)))),
        ]
          + (seal.clock.map {
            [JSONMember("clock", JSONNode(.string(ByteString($0.description))))]
          } ?? [])),
      "icu": .string(ByteString(seal.icuVersion)),
      "exact": .bool(seal.isExact),
      "reasons": .array(of: seal.reasons.map { .string(ByteString($0)) }),
      "tokens": .integer(seal.tokenCount),
      "sections": .array(of: seal.sections.map(section)),
    ])
  }

  private func section(_ section: Section) -> JSONValue {
    var members = [JSONMember("kind", JSONNode(.string(ByteString(section.kind.rawValue))))]
    if let label = section.label { members.append(JSONMember("label", JSONNode(.string(label)))) }
    return .object(
      members + [
        JSONMember("bytes", JSONNode(Self.pair(section.bytes.start, section.bytes.end))),
        JSONMember("content", JSONNode(Self.pair(section.content.start, section.content.end))),
        JSONMember("tokens", JSONNode(Self.pair(section.tokens.start, section.tokens.end))),
        JSONMember("stable_end", JSONNode(.integer(section.stableEnd))),
        JSONMember("prefix", JSONNode(.string(ByteString(section.prefix.hexadecimal)))),
      ])
  }

  private func block(_ block: ContextBlock) -> JSONValue {
    var members = [
      JSONMember("label", JSONNode(.string(block.label))),
      JSONMember("index", JSONNode(.integer(block.index))),
      JSONMember("importance_rank", JSONNode(.integer(block.importanceRank))),
    ]
    if let referent = block.referent {
      members.append(JSONMember("same_as", JSONNode(.string(referent))))
    }
    if let references = block.folded?.references, !references.isEmpty {
      members.append(
        JSONMember("references", JSONNode(.array(of: references.map(Self.reference)))))
    }
    if !block.repeats.isEmpty {
      members.append(
        JSONMember("repeats", JSONNode(.array(of: block.repeats.map { .integer($0) }))))
    }
    if let metadata = prompt.spec.blocks[block.index].metadata {
      members.append(JSONMember("metadata", metadata))
    }
    return .object(members)
  }

  /// How references in texts read, if there was a pass that makes some.
  private var fold: [JSONMember] {
    guard prompt.passes.contains(where: { $0.name == .fold }) else { return [] }
    let policy = prompt.spec.policy.deduplication
    let (whole, part, lines, edits) = policy.wording.templates
    var wording: [(ByteString, JSONValue)] = [
      ("whole", .string(whole)), ("part", .string(part)), ("lines", .string(lines)),
    ]
    if policy.folding.foldsNearDuplicates, let edits { wording.append(("edits", .string(edits))) }
    let fold = JSONValue.object([
      "tool_results": .bool(policy.foldsToolResults),
      "wording": .object(wording.map { JSONMember($0, JSONNode($1)) }),
    ])
    return [JSONMember("fold", JSONNode(fold))]
  }

  private static func reference(_ reference: FoldedReference) -> JSONValue {
    .object([
      "source": .string(reference.source),
      "bytes": pair(reference.range.start, reference.range.end),
      "shown": pair(reference.shown.start, reference.shown.end),
      "saved_tokens": .integer(reference.savedTokens),
    ])
  }

  private var displacement: JSONValue {
    let order = prompt.importanceOrder
    return .object([
      "total": .integer(ImportanceGuard.totalDisplacement(of: order)),
      "largest": .integer(ImportanceGuard.largestDisplacement(of: order)),
    ])
  }

  private func pass(_ record: PassRecord) -> JSONValue {
    var members = [JSONMember("name", JSONNode(.string(ByteString(record.name.rawValue))))]
    if let before = record.tokensBefore {
      members.append(JSONMember("tokens_before", JSONNode(.integer(before))))
    }
    if let after = record.tokensAfter {
      members.append(JSONMember("tokens_after", JSONNode(.integer(after))))
    }
    members.append(
      JSONMember("notes", JSONNode(.array(of: record.notes.map { .string(ByteString($0)) }))))
    return .object(members)
  }

  private static func pair(_ start: Int, _ end: Int) -> JSONValue {
    .array(of: [.integer(start), .integer(end)])
  }
}

extension CompiledPrompt {
  /// Returns the report that goes with the prompt as JSON: its seal, its blocks, what the passes did.
  ///
  /// - Parameter plainTokenCount: the tokens of the plain rendering; left out if nil.
  public func report(plainTokenCount: Int? = nil) -> [UInt8] {
    JSONWriter.write(
      ReportEmitter(self, plainTokenCount: plainTokenCount).report, style: .indented)
  }
}
