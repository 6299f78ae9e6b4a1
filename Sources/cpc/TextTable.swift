/// Rows of texts in columns for people: each column is as wide as its widest text.
struct TextTable {
  private var rows: [[String]]

  /// Makes a table with the names of its columns.
  init(_ header: [String]) {
    rows = [header]
  }

  /// Adds a row with a text for each column.
  mutating func add(_ row: [String]) {
    precondition(row.count == rows.first?.count, "a text for each column")
    rows.append(row)
  }

  /// The rows, a line each, with two blanks between columns and none at the end of a line.
  var lines: [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { text, width in
        text + String(repeating: " ", count: width - text.unicodeScalars.count + 2)
      }
      let line = cells.joined()
      return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
    }
  }
}
