internal import OrderedJSON

/// Turns a parsed file into a value of ours and notes every fault on the way, so that all are
/// reported at once.
protocol FieldReader {
  /// The file, for the places of faults.
  var source: SourceText { get }
  /// Byte offset and message of each fault.
  var faults: [(offset: Int, message: String)] { get set }
}

extension FieldReader {
  /// The most faults that are reported.
  static var faultLimit: Int { 50 }

  /// The faults, sorted by place.
  var error: CompilationError {
    let sorted = faults.enumerated().sorted {
      ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
    }
    var diagnostics = sorted.prefix(Self.faultLimit).map { fault in
      let (line, column) = source.position(at: fault.element.offset)
      return Diagnostic(
        file: source.name, line: line, column: column, message: fault.element.message)
    }
    if sorted.count > Self.faultLimit {
      diagnostics.append(
        Diagnostic(
          file: source.name, message: "\(sorted.count - Self.faultLimit) more faults"))
    }
    return CompilationError(diagnostics)
  }

  mutating func fault(at offset: Int, _ message: String) {
    faults.append((offset, message))
  }
}
