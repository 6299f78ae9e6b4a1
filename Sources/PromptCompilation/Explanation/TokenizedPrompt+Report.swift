public import OrderedJSON
public import Tokenization
internal import Bytes

extension TokenizedPrompt {
  /// Whether JSON is what `cpc compile --format json` writes.
  public static func isReport(_ json: JSONNode) -> Bool {
    json["seal"]?["sections"]?.elements != nil && json["text"]?.string != nil
  }

  /// Reads a compiled prompt as `--format json` writes it.
  ///
  /// - Throws: `CompilationError` if something is missing, or its tokens are not those of its text.
  public init(
    report json: JSONNode, source: SourceText, tokenizer: Tokenizer
  ) throws(CompilationError) {
    func fault(_ node: JSONNode?, _ message: String) -> CompilationError {
      let (line, column) = source.position(at: node?.offset ?? json.offset)
      return CompilationError([
        Diagnostic(file: source.name, line: line, column: column, message: message)
      ])
    }
    guard let text = json["text"]?.string?.bytes,
      let listed = json["seal"]?["sections"]?.elements
    else { throw fault(nil, "is no compiled prompt: cpc compile --format json writes one") }
    let encoded: EncodedText
    do {
      encoded = try tokenizer.makeEncoder().encode(text, recordingEnds: true)
    } catch {
      throw fault(json["text"], error.description)
    }
    let stated = json["tokens"]?.elements?.compactMap(\.integer).map { UInt32(clamping: $0) }
    guard stated == encoded.ids else {
      throw fault(json["tokens"], "these are not the tokens of the text with this vocabulary")
    }
    var sections: [Section] = []
    for node in listed {
      guard let section = Section(node, bytes: text.count, tokens: encoded.ids.count) else {
        throw fault(node, "this is no section of the prompt")
      }
      sections.append(section)
    }
    self.init(
      name: source.name, text: text, tokens: encoded.ids, ends: encoded.ends, sections: sections)
  }
}

extension Section {
  /// Reads the form that reports have; nil if it has another one, or reaches beyond the prompt.
  fileprivate init?(_ node: JSONNode, bytes: Int, tokens: Int) {
    func pair(_ key: ByteString, upTo limit: Int) -> (Int, Int)? {
      guard let numbers = node[key]?.elements?.compactMap(\.integer), numbers.count == 2,
        numbers[0] >= 0, numbers[0] <= numbers[1], numbers[1] <= limit
      else { return nil }
      return (numbers[0], numbers[1])
    }
    guard let name = node["kind"]?.string?.string, let kind = Kind(rawValue: name),
      let place = pair("bytes", upTo: bytes), let content = pair("content", upTo: bytes),
      let range = pair("tokens", upTo: tokens), let stable = node["stable_end"]?.integer
    else { return nil }
    self.init(
      kind: kind, label: node["label"]?.string, bytes: ByteRange(place.0, place.1),
      content: ByteRange(content.0, content.1), tokens: TokenRange(range.0, range.1),
      stableEnd: stable, prefix: .zero)
  }
}

extension JSONNode {
  /// The value of an integer; nil for another kind of value.
  fileprivate var integer: Int? {
    if case .number(let number) = value { number.integer } else { nil }
  }
}
