import Bytes
import ContextIndex

/// The hit ratio over the size of the cache, a line for each source and model, as SVG.
///
/// Sizes are on a logarithmic scale; an unlimited cache has a place of its own behind it. Colours are legible
/// on light and on dark grounds, and texts follow the reader's scheme.
struct HitChart {
  /// A line of the chart.
  private struct Series {
    let name: String
    /// By size, the smallest first.
    var rows: [SimulationReport.Row]
  }

  private static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56a0d3"]
  private static let dashes = ["", "7 3", "2 3", "9 3 2 3"]
  private static let left = 64.0
  private static let right = 704.0
  private static let top = 44.0
  private static let bottom = 344.0
  private static let legendStep = 20.0

  private let series: [Series]
  private let axis: SizeAxis
  /// The ratio at the upper end of the chart, in steps of a tenth.
  private let highest: Double

  /// Makes a chart.
  ///
  /// - Parameter rows: what belongs to one line stands together.
  init(_ rows: [SimulationReport.Row]) {
    var series: [Series] = []
    let sources = Set(rows.map { ByteString($0.source) })
    let models = Set(rows.map(\.model))
    for row in rows {
      var names: [String] = []
      if sources.count > 1 || models.count == 1 { names.append(row.source) }
      if models.count > 1 || sources.count == 1 { names.append(row.model.description) }
      // The same file may be given twice: then the sizes begin anew.
      if let last = series.last?.rows.last, last.model == row.model, last.size < row.size {
        series[series.count - 1].rows.append(row)
      } else {
        series.append(Series(name: names.joined(separator: ", "), rows: [row]))
      }
    }
    self.series = series.map { Self.trimmed($0) }
    axis = SizeAxis(
      sizes: self.series.flatMap { $0.rows.map(\.size) }, left: Self.left, right: Self.right)
    let most = rows.map(\.reuse.hitRatio).max() ?? 0
    highest = min(max((most * 10).rounded(.up) / 10, 0.1), 1)
  }

  /// Without the sizes behind the first one that is as good as an unlimited cache.
  private static func trimmed(_ series: Series) -> Series {
    guard let last = series.rows.last, last.size == .unlimited,
      let enough = series.rows.firstIndex(where: { $0.reuse.hitTokens == last.reuse.hitTokens })
    else { return series }
    let kept = series.rows.indices.filter { $0 <= enough || $0 == series.rows.count - 1 }
    return Series(name: series.name, rows: kept.map { series.rows[$0] })
  }

  /// The chart as a file.
  var svg: [UInt8] {
    let height = Self.bottom + 68 + Self.legendStep * Double(series.count)
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 \#(Self.shown(height))" "#
        + #"font-family="system-ui, sans-serif" font-size="12">"#,
      "<title>Hit ratio over cache size</title>",
      """
      <style>
      text { fill: #757b80 } .grid { stroke: #80868b; stroke-opacity: .3 } .axis { stroke: #80868b }
      @media (prefers-color-scheme: light) { text { fill: #3c4043 } }
      @media (prefers-color-scheme: dark) { text { fill: #dadce0 } }
      </style>
      """,
      Self.text(x: Self.left, y: 24, "Prompt tokens found in the cache", size: 15),
    ]
    lines += verticalScale + horizontalScale
    for (index, each) in series.enumerated() { lines += curve(each, index) }
    for (index, each) in series.enumerated() { lines += legend(each, index) }
    lines.append("</svg>")
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}

// MARK: - Scales

extension HitChart {
  private func height(of ratio: Double) -> Double {
    Self.bottom - (Self.bottom - Self.top) * ratio / highest
  }

  private var verticalScale: [String] {
    let step = highest > 0.5 ? 2 : 1
    return stride(from: 0, through: Int((highest * 10).rounded()), by: step).flatMap { tenth in
      let y = height(of: Double(tenth) / 10)
      return [
        Self.line(x1: Self.left, y1: y, x2: Self.right, y2: y, tenth == 0 ? "axis" : "grid"),
        Self.text(x: Self.left - 8, y: y + 4, "\(tenth * 10) %", anchor: "end"),
      ]
    }
  }

  private var horizontalScale: [String] {
    var lines = axis.ticks.flatMap { tick in
      let x = axis.place(of: tick.size)
      return [
        Self.line(
          x1: x, y1: Self.bottom, x2: x, y2: Self.bottom + (tick.isLabelled ? 6 : 3), "axis"),
        tick.isLabelled
          ? Self.text(x: x, y: Self.bottom + 20, tick.size.description, anchor: "middle") : "",
      ]
    }
    lines.append(
      Self.text(
        x: (Self.left + Self.right) / 2, y: Self.bottom + 40, "cache size in tokens",
        anchor: "middle"))
    return lines.filter { !$0.isEmpty }
  }
}

// MARK: - Lines

extension HitChart {
  private static func stroke(_ index: Int) -> String {
    let dash = dashes[index / colors.count % dashes.count]
    return #"stroke="\#(colors[index % colors.count])" stroke-width="2" fill="none""#
      + (dash.isEmpty ? "" : #" stroke-dasharray="\#(dash)""#)
  }

  private func curve(_ series: Series, _ index: Int) -> [String] {
    let points = series.rows.map { row in
      (x: axis.place(of: row.size), y: height(of: row.reuse.hitRatio), row: row)
    }
    let path = points.map { "\(Self.shown($0.x)),\(Self.shown($0.y))" }.joined(separator: " ")
    let line = #"<polyline points="\#(path)" stroke-linejoin="round" \#(Self.stroke(index))/>"#
    return [line]
      + points.map { point in
        let percent = SimulationReport.decimal(100 * point.row.reuse.hitRatio, digits: 1)
        let label = Self.escaped("\(series.name), \(point.row.size): \(percent) %")
        return #"<circle cx="\#(Self.shown(point.x))" cy="\#(Self.shown(point.y))" r="2.5" "#
          + #"fill="\#(Self.colors[index % Self.colors.count])"><title>\#(label)</title></circle>"#
      }
  }

  private func legend(_ series: Series, _ index: Int) -> [String] {
    let y = Self.bottom + 64 + Self.legendStep * Double(index)
    let line =
      #"<line x1="\#(Self.shown(Self.left))" y1="\#(Self.shown(y - 4))" "#
      + #"x2="\#(Self.shown(Self.left + 28))" y2="\#(Self.shown(y - 4))" \#(Self.stroke(index))/>"#
    return [line, Self.text(x: Self.left + 36, y: y, series.name)]
  }
}

// MARK: - Elements

extension HitChart {
  private static func line(
    x1: Double, y1: Double, x2: Double, y2: Double, _ kind: String
  ) -> String {
    #"<line x1="\#(shown(x1))" y1="\#(shown(y1))" x2="\#(shown(x2))" y2="\#(shown(y2))" "#
      + #"class="\#(kind)"/>"#
  }

  private static func text(
    x: Double, y: Double, _ text: String, anchor: String = "start", size: Int = 12
  ) -> String {
    #"<text x="\#(shown(x))" y="\#(shown(y))" text-anchor="\#(anchor)" font-size="\#(size)">"#
      + escaped(text) + "</text>"
  }

  /// A coordinate with one digit behind the point.
  private static func shown(_ value: Double) -> String {
    SimulationReport.decimal(value, digits: 1)
  }

  /// Text for XML, without the control characters that it cannot have.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case ..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
