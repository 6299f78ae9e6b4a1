import Bytes
import OrderedJSON
import PromptCompilation

/// What an argument of `cpc diff` names, before a model is known.
struct ComparedPrompt {
  /// What there is in a file.
  private enum Content {
    case spec(Spec)
    case body(Spec)
    case report(JSONNode)
    case tokens([UInt32])
    case text
  }

  private let source: SourceText
  private let content: Content
  /// The model that it names; nil if it names none that is known here.
  let model: ByteString?

  /// Reads a file and finds out what it is: a spec, a request body, what `--format json` or
  /// `--format tokens` writes, or else a text.
  init(_ path: String, base: String?) throws(CompilationError) {
    source = SourceText(
      name: TokensTextOptions.displayed(path), bytes: try TokensTextOptions.read(path))
    guard let json = try Self.json(source, path) else {
      let isSpec = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
      let spec = isSpec ? try SpecLoading.load(path, base: base) : nil
      content = spec.map { .spec($0) } ?? .text
      model = spec?.model
      return
    }
    if TokenizedPrompt.isReport(json) {
      content = .report(json)
      model = json["model"]?.string
    } else if let list = json.elements ?? json["tokens"]?.elements, json["cpc"] == nil {
      content = .tokens(try Self.tokens(list, source))
      model = nil
    } else if json["cpc"] == nil, json["messages"] != nil {
      content = .body(try Self.spec(ofBody: json, source))
      model = nil
    } else {
      let files = FileResolver(folder: base ?? Paths.folder(of: path))
      let spec = try Spec(json: json, source: source, files: files)
      content = .spec(spec)
      model = spec.model
    }
  }

  /// The prompt for a model.
  func prompt(
    for located: LocatedModel, passes: PassSelection, rendering: RenderSettings
  ) throws(CompilationError) -> TokenizedPrompt {
    do {
      switch content {
      case .spec(let spec), .body(let spec):
        let model = try Model(located)
        var selection = passes
        if case .body = content { selection = .none }
        let compiler = PromptCompiler(model: model, passes: selection, rendering: rendering)
        return try TokenizedPrompt(try compiler.compile(spec), tokenizer: model.tokenizer)
      case .report(let json):
        return try TokenizedPrompt(
          report: json, source: source, tokenizer: try located.tokenizer())
      case .tokens(let tokens):
        return try TokenizedPrompt(
          name: source.name, tokens: tokens, tokenizer: try located.tokenizer())
      case .text:
        return try TokenizedPrompt(
          name: source.name, text: source.bytes, tokenizer: try located.tokenizer())
      }
    } catch let error as CompilationError {
      throw error
    } catch {
      throw CompilationError(file: source.name, message: "\(error)")
    }
  }

  /// The value of a JSON file; nil for another one. A file that is called `.json` has to be one.
  private static func json(
    _ source: SourceText, _ path: String
  ) throws(CompilationError) -> JSONNode? {
    let first = source.bytes.first { $0 > 0x20 }
    let isNamed = path.hasSuffix(".json")
    guard isNamed || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
    do {
      return try JSONParser.parse(source.bytes, loneSurrogates: .replaced)
    } catch {
      guard isNamed else { return nil }
      throw fault(source, error.offset, error.message)
    }
  }

  private static func tokens(
    _ list: [JSONNode], _ source: SourceText
  ) throws(CompilationError) -> [UInt32] {
    var tokens: [UInt32] = []
    for node in list {
      guard case .number(let number) = node.value, let id = number.integer,
        let token = UInt32(exactly: id)
      else { throw fault(source, node.offset, "a token id is a number from 0 to 4294967295") }
      tokens.append(token)
    }
    return tokens
  }

  /// A spec with the messages of a body, which stand where they stand in the body.
  private static func spec(
    ofBody body: JSONNode, _ source: SourceText
  ) throws(CompilationError) -> Spec {
    var members = [
      JSONMember("cpc", JSONNode(.integer(1), offset: body.offset)),
      JSONMember(
        "policy",
        JSONNode(.object(["control_tokens": .string("keep")]), offset: body.offset)),
    ]
    let keys: [(ByteString, ByteString)] = [
      ("system", "system"), ("messages", "conversation"), ("tools", "tools"),
      ("chat_template_kwargs", "template_kwargs"),
    ]
    for (key, name) in keys {
      if let node = body[key], !node.isNull { members.append(JSONMember(name, node)) }
    }
    return try Spec(json: JSONNode(.object(members), offset: body.offset), source: source)
  }

  private static func fault(
    _ source: SourceText, _ offset: Int, _ message: String
  ) -> CompilationError {
    let (line, column) = source.position(at: offset)
    return CompilationError([
      Diagnostic(file: source.name, line: line, column: column, message: message)
    ])
  }
}
