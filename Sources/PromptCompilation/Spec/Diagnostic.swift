internal import Tokenization

/// A fault in an input, with its place.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  /// How grave a fault is.
  public enum Severity: String, Sendable {
    /// Nothing is compiled.
    case error
    /// The prompt is compiled.
    case warning
  }

  /// How grave it is.
  public var severity: Severity
  /// The file, as the user named it.
  public var file: String
  /// The line from 1; nil where the fault has no line.
  public var line: Int?
  /// The column from 1, in code points.
  public var column: Int?
  /// What is wrong, and what to do.
  public var message: String

  /// Makes a diagnostic.
  public init(
    _ severity: Severity = .error, file: String, line: Int? = nil, column: Int? = nil,
    message: String
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `file:line:column: error: message`, the form that editors and CI understand.
  public var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
    return "\(place.joined(separator: ":")): \(severity.rawValue): \(message)"
  }
}

/// Why a spec was not compiled: one fault or several.
public struct CompilationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The faults in the order of their places.
  public var diagnostics: [Diagnostic]
  /// By how much what is never left out of a prompt is more than its budget, if that is why.
  public var shortage: BudgetShortage?
  /// How many of the faults are texts that the model would read as tokens of its own.
  public internal(set) var controlTokenCount = 0
  /// Whether the prompt is longer than the model's context.
  var exceedsContext = false

  /// Makes an error of diagnostics.
  public init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
  }

  /// Makes an error of one fault.
  public init(file: String, message: String) {
    diagnostics = [Diagnostic(file: file, message: message)]
  }

  /// Runs `body` and turns its error into one of ours.
  static func of<Result>(
    _ body: () throws(VocabularyError) -> Result
  ) throws(CompilationError) -> Result {
    do {
      return try body()
    } catch {
      throw CompilationError(file: error.source, message: error.message)
    }
  }

  /// The diagnostics, a line each.
  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
