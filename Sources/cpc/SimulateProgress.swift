import Bytes
import Glibc

/// A bar on standard error that says how far long work is, if standard error is a terminal.
///
/// ```
/// [########----------------]  34 % public.jsonl.gz
/// ```
struct ProgressBar {
  private static let width = 24
  private static let clearLine = "\r\u{1B}[K"

  private let isShown: Bool
  private let isColored: Bool
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant
  private var isDrawn = false

  init() {
    isShown = isatty(STDERR_FILENO) != 0 && Environment.value("TERM") != "dumb"
    isColored = Environment.value("NO_COLOR") == nil
    // Short work shows nothing.
    next = ContinuousClock().now + .milliseconds(300)
  }

  /// Draws the bar, at most ten times a second.
  ///
  /// - Parameter share: what is done, 0 to 1.
  mutating func show(_ share: Double, of name: String) {
    guard isShown, clock.now >= next else { return }
    next = clock.now + .milliseconds(100)
    isDrawn = true
    let filled = Int(Double(Self.width) * share)
    var bar = String(repeating: "#", count: filled)
    if isColored { bar = "\u{1B}[36m\(bar)\u{1B}[0m" }
    bar += String(repeating: "-", count: Self.width - filled)
    let percent = String(Int(share * 100))
    let padding = String(repeating: " ", count: 3 - percent.count)
    write("\(Self.clearLine)[\(bar)] \(padding)\(percent) % \(Paths.name(of: name))")
  }

  /// Takes the bar away.
  mutating func clear() {
    guard isDrawn else { return }
    isDrawn = false
    write(Self.clearLine)
  }

  private func write(_ text: String) {
    // A terminal that cannot be written to shows no bar.
    try? Array(text.utf8).withRawBytes { buffer throws(FileError) in
      try Files.write(buffer, descriptor: STDERR_FILENO, path: "<stderr>")
    }
  }
}
