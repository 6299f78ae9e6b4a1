import TestSupport
import Testing

/// What every page that the command writes has to be.
enum HTMLPage {
  /// Checks a page with the parsers of Python: well-formed as XML and as HTML, ids that are there once, links
  /// inside of the page that lead somewhere, and nothing that is fetched.
  static func check(_ path: String) throws {
    let result = try Command.shell("python3 Scripts/check_page.py '\(path)'")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }
}
