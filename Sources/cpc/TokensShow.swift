import ArgumentParser
import Bytes
import OrderedJSON
import Tokenization

struct TokensShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the pieces that a text is split into, with their ids.",
    discussion: """
      White space and control characters are made visible: \u{B7} a blank, \u{2192} a tab, \u{21B5} a \
      newline, \\xE4 a byte of a character that is split over tokens. The pieces are coloured on a \
      terminal, and divided by lines elsewhere or where NO_COLOR is set. With several models, \
      --model qwen3,gpt-oss, their pieces of each line stand below one another.
      """)

  @OptionGroup var options: TokensOptions
  @OptionGroup var textOptions: TokensTextOptions
  @Option(help: "text: for people; json: one object with id, text and byte range of each token.")
  var format: TokensFormat = .text
  @Option(help: "Whether pieces are coloured: auto, always or never.")
  var color: ColorChoice = .auto
  @Argument(help: "The file; - for standard input.")
  var file: String

  func run() throws {
    let tokenizers = try options.tokenizers()
    let text = try TokensTextOptions.read(file)
    let shown = try tokenizers.map { named in
      ShownTokens(
        named, try named.encode(text, of: file, textOptions.addedTokens, recordingEnds: true))
    }
    switch format {
    case .json: try Terminal.write(ShownTokens.json(of: shown, file: file))
    case .text:
      try Terminal.write(
        ShownTokens.grid(of: shown, columns: Terminal.columns, isColored: color.isColored))
    }
  }
}

/// The tokens of a text for one model.
struct ShownTokens {
  let name: String
  let vocabulary: Vocabulary
  let encoded: EncodedText
  private let addedIDs: Set<UInt32>

  init(_ named: NamedTokenizer, _ encoded: EncodedText) {
    name = named.name
    vocabulary = named.tokenizer.vocabulary
    self.encoded = encoded
    addedIDs = Set(vocabulary.configuration.addedTokens.map(\.id))
  }

  private func bytes(ofToken index: Int) -> UnsafeRawBufferPointer {
    vocabulary.bytes(of: encoded.ids[index]) ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  private func isAdded(_ index: Int) -> Bool { addedIDs.contains(encoded.ids[index]) }
}

// MARK: - For people

extension ShownTokens {
  /// Lays the tokens out: under the number of tokens for each model, line by line of the text, the
  /// pieces of all models.
  ///
  /// - Complexity: linear in the text, times the models.
  static func grid(of shown: [ShownTokens], columns: Int, isColored: Bool) -> [UInt8] {
    var grid = TokensGrid(columns: columns, isColored: isColored)
    for model in shown {
      let count = model.encoded.ids.count
      grid.append(line: "\(model.name): \(count) token\(count == 1 ? "" : "s")")
    }
    let margin = shown.count > 1 ? (shown.map(\.name.unicodeScalars.count).max() ?? 0) + 1 : 0
    var next = [Int](repeating: 0, count: shown.count)
    for end in commonLineEnds(of: shown) {
      grid.append(line: "")
      for (index, model) in shown.enumerated() {
        var cells: [TokensGrid.Cell] = []
        while next[index] < model.encoded.ids.count, model.encoded.ends[next[index]] <= end {
          cells.append(model.cell(next[index]))
          next[index] += 1
        }
        let blanks = String(repeating: " ", count: margin - min(margin, model.name.count))
        grid.append(cells, margin: margin > 0 ? model.name + blanks : "")
      }
    }
    return grid.bytes
  }

  /// Where a line ends for all models: behind a token with a newline, and at the end of the text.
  private static func commonLineEnds(of shown: [ShownTokens]) -> [Int] {
    guard let first = shown.first, let end = first.encoded.ends.last else { return [] }
    let others = shown.dropFirst().map { Set($0.lineEnds) }
    let common = first.lineEnds.filter { end in others.allSatisfy { $0.contains(end) } }
    return common.last == end ? common : common + [end]
  }

  private var lineEnds: [Int] {
    encoded.ids.indices.compactMap { index in
      bytes(ofToken: index).contains(UInt8(ascii: "\n")) ? encoded.ends[index] : nil
    }
  }

  private func cell(_ index: Int) -> TokensGrid.Cell {
    TokensGrid.Cell(
      text: VisibleText(of: bytes(ofToken: index)), id: encoded.ids[index],
      isAdded: isAdded(index))
  }
}

// MARK: - For programs

extension ShownTokens {
  /// The JSON form, on one line: for each model the tokens, each with its id; its text, or where that is
  /// no UTF-8 its bytes in hexadecimal; its byte range in the input; `added` where it is an added token.
  static func json(of shown: [ShownTokens], file: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(raw: ByteString("{\"schema_version\":\(TokensFormat.schemaVersion),\"file\":"))
    writer.write(.string(ByteString(file)))
    writer.write(raw: ",\"models\":[")
    for (index, model) in shown.enumerated() {
      writer.write(raw: index > 0 ? ",{\"model\":" : "{\"model\":")
      writer.write(.string(ByteString(model.name)))
      writer.write(raw: ",\"tokens\":[")
      for token in model.encoded.ids.indices {
        if token > 0 { writer.write(raw: ",") }
        writer.write(model.json(ofToken: token))
      }
      writer.write(raw: "]}")
    }
    writer.write(raw: "]}\n")
    return writer.bytes
  }

  private func json(ofToken index: Int) -> JSONValue {
    let content = Array(bytes(ofToken: index))
    let isText = String(validating: content, as: UTF8.self) != nil
    var members = [
      JSONMember("id", JSONNode(.integer(Int(encoded.ids[index])))),
      isText
        ? JSONMember("text", JSONNode(.string(ByteString(content))))
        : JSONMember("bytes", JSONNode(.string(Self.hexadecimal(content)))),
      JSONMember("start", JSONNode(.integer(encoded.start(ofToken: index)))),
      JSONMember("end", JSONNode(.integer(encoded.ends[index]))),
    ]
    if isAdded(index) { members.append(JSONMember("added", JSONNode(.bool(true)))) }
    return .object(members)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> ByteString {
    let digits = Array("0123456789abcdef".utf8)
    return ByteString(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
