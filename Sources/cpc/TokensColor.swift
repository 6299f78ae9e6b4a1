import ArgumentParser
import Bytes
import Glibc

/// When output is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  case auto
  case always
  case never

  /// Whether standard output is to be coloured. `auto`: it is a terminal that can, and `NO_COLOR`
  /// (no-color.org) is not set.
  var isColored: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isatty(STDOUT_FILENO) != 0 && Environment.value("NO_COLOR") == nil
        && Environment.value("TERM") != "dumb"
    }
  }
}

extension Terminal {
  /// The columns of the terminal that standard output is; what `COLUMNS` says, or 80, if it is none.
  static var columns: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    guard let columns = Environment.value("COLUMNS").flatMap({ Int($0) }), columns > 0 else {
      return 80
    }
    return columns
  }
}
