public import Bytes
public import ChatTemplates

/// A chat template with its origin.
public struct ModelTemplate: Sendable {
  /// How messages and seals call it, such as `qwen3.jinja`.
  public let name: String
  /// The compiled template.
  public let template: ChatTemplate
  /// The SHA-256 of its source.
  public let digest: Digest
  /// The Jinja text.
  let source: [UInt8]

  /// Compiles a template.
  ///
  /// - Throws: `CompilationError` with line and column if it is no Jinja, or not UTF-8.
  public init(source: [UInt8], name: String) throws(CompilationError) {
    if let invalid = UTF8Validation.firstInvalidOffset(in: source) {
      throw CompilationError(file: name, message: "not UTF-8 at byte \(invalid)")
    }
    self.name = name
    self.source = source
    digest = Digest(of: source)
    do {
      template = try ChatTemplate(source: ByteString(source), name: name)
    } catch {
      throw CompilationError(error)
    }
  }

  /// Reads and compiles a file.
  ///
  /// - Parameter name: how messages call it; its path if nil.
  /// - Throws: `CompilationError` if it cannot be read or is no Jinja.
  public init(path: String, name: String? = nil) throws(CompilationError) {
    let source: [UInt8]
    do {
      source = try Files.read(path, limit: Self.sourceLimit)
    } catch {
      throw CompilationError(file: error.path, message: error.reason)
    }
    try self.init(source: source, name: name ?? (path == "-" ? "<stdin>" : path))
  }

  /// The longest source that is read, in bytes; those of real models have less than 100 kB.
  private static let sourceLimit = 1 << 24
}

extension CompilationError {
  /// The error of a template, with its place.
  init(_ error: TemplateError) {
    self.init([
      Diagnostic(
        file: error.template, line: error.line, column: error.column, message: error.message)
    ])
  }
}
