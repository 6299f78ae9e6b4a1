import Bytes

/// Tokens as rows of two lines: the pieces, and beneath each its id.
///
/// ```
/// Hello│,│·world│!│↵
/// 9707 │11│1879  │0│198
/// ```
///
/// With colours the cells have alternating backgrounds in place of the lines between them.
struct TokensGrid {
  /// A token of a row.
  struct Cell {
    let text: VisibleText
    let id: [UInt8]
    let isAdded: Bool
    /// The columns of the wider of text and id.
    let width: Int

    init(text: VisibleText, id: UInt32, isAdded: Bool) {
      self.text = text
      self.id = Array(String(id).utf8)
      self.isAdded = isAdded
      width = max(text.width, self.id.count)
    }
  }

  /// The columns of the terminal.
  let columns: Int
  let isColored: Bool
  /// What was laid out so far.
  private(set) var bytes: [UInt8] = []

  /// Black on light blue and light yellow, and on two light reds for added tokens.
  private static let backgrounds = ["\u{1B}[30;48;5;153m", "\u{1B}[30;48;5;229m"]
  private static let addedBackgrounds = ["\u{1B}[30;48;5;217m", "\u{1B}[30;48;5;210m"]
  private static let reset = "\u{1B}[0m"

  init(columns: Int, isColored: Bool) {
    self.columns = columns
    self.isColored = isColored
  }

  /// Appends a line of text.
  mutating func append(line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Appends rows with all of `cells`; as many stand in a row as fit, at least one.
  ///
  /// - Parameter margin: what stands before the first row; the rows below are indented by as much.
  mutating func append(_ cells: [Cell], margin: String = "") {
    let indent = margin.unicodeScalars.count
    var first = 0
    while first < cells.count {
      var last = first
      var width = indent + cells[first].width
      while last + 1 < cells.count, width + separatorWidth + cells[last + 1].width <= columns {
        last += 1
        width += separatorWidth + cells[last].width
      }
      appendRow(cells, first...last, margin: first == 0 ? margin : "", indent: indent)
      first = last + 1
    }
  }

  private var separatorWidth: Int { isColored ? 0 : 1 }

  private mutating func appendRow(
    _ cells: [Cell], _ range: ClosedRange<Int>, margin: String, indent: Int
  ) {
    bytes.append(contentsOf: margin.utf8)
    if margin.isEmpty { appendBlanks(indent) }
    for index in range {
      append(cells[index].text.bytes, width: cells[index].text.width, cells[index], index, range)
    }
    bytes.append(UInt8(ascii: "\n"))
    appendBlanks(indent)
    for index in range {
      append(cells[index].id, width: cells[index].id.count, cells[index], index, range)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func append(
    _ content: [UInt8], width: Int, _ cell: Cell, _ index: Int, _ range: ClosedRange<Int>
  ) {
    if isColored {
      let backgrounds = cell.isAdded ? Self.addedBackgrounds : Self.backgrounds
      bytes.append(contentsOf: backgrounds[index & 1].utf8)
    }
    bytes.append(contentsOf: content)
    // No blanks at the end of a line.
    if isColored || index < range.upperBound { appendBlanks(cell.width - width) }
    if isColored {
      bytes.append(contentsOf: Self.reset.utf8)
    } else if index < range.upperBound {
      bytes.append(contentsOf: "│".utf8)
    }
  }

  private mutating func appendBlanks(_ count: Int) {
    bytes.append(contentsOf: repeatElement(0x20, count: count))
  }
}
