import Bytes
import ContextIndex
import OrderedJSON

/// What simulations of caches say, for people and for programs.
struct SimulationReport {
  /// The outcome of sending the prompts of a source through a cache.
  struct Row {
    let source: String
    let model: CacheModel
    let size: CacheSize
    let reuse: ReuseCount
  }

  let rows: [Row]
  let prefill: PrefillTime

  /// A table, its lines separated by newlines; the columns of numbers end at the right.
  var text: String {
    let header = [
      "FILE", "MODEL", "CACHE", "REQUESTS", "PROMPT TOKENS", "HIT TOKENS", "HIT RATIO",
      "COLD TOKENS", "MEAN TTFT",
    ]
    let cells = rows.map { row in
      [
        row.source, row.model.description, row.size.description, String(row.reuse.requests),
        String(row.reuse.promptTokens), String(row.reuse.hitTokens),
        Self.decimal(row.reuse.hitRatio, digits: 4), String(row.reuse.coldTokens),
        Self.decimal(row.reuse.meanPrefillSeconds, digits: 3) + " s",
      ]
    }
    let widths = header.indices.map { column in
      ([header] + cells).map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    func aligned(_ row: [String]) -> [String] {
      row.indices.map { column in
        let missing = widths[column] - row[column].unicodeScalars.count
        return column < 2 ? row[column] : String(repeating: " ", count: missing) + row[column]
      }
    }
    var table = TextTable(aligned(header))
    for row in cells { table.add(aligned(row)) }
    return table.lines.joined(separator: "\n")
  }

  /// One object with the numbers of the table.
  var json: JSONValue {
    let caches: [JSONValue] = rows.map { row in
      .object([
        "file": .string(ByteString(row.source)),
        "cache_model": .string(ByteString(row.model.description)),
        "cache_tokens": row.size.tokens.map { .integer($0) } ?? .null,
        "requests": .integer(row.reuse.requests),
        "prompt_tokens": .integer(row.reuse.promptTokens),
        "hit_tokens": .integer(row.reuse.hitTokens),
        "hit_ratio": Self.number(row.reuse.hitRatio),
        "cold_tokens": .integer(row.reuse.coldTokens),
        "mean_ttft": Self.number(row.reuse.meanPrefillSeconds),
      ])
    }
    return .object([
      "schema_version": .integer(TokensFormat.schemaVersion),
      "ttft_model": .object([
        "base": Self.exact(prefill.base), "per_token": Self.exact(prefill.perToken),
        "per_pair": Self.exact(prefill.perPair),
      ]),
      "caches": .array(of: caches),
    ])
  }

  private static func number(_ value: Double) -> JSONValue {
    .number(JSONNumber(spelling: ByteString(decimal(value, digits: 6))))
  }

  private static func exact(_ value: Double) -> JSONValue {
    .number(JSONNumber(spelling: ByteString("\(value)")))
  }

  /// A number of 0 or more with so many digits behind the point.
  static func decimal(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    guard let scaled = Int(exactly: (value * Double(scale)).rounded()) else { return "\(value)" }
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: scale)
    let fraction = String(rest)
    return "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
