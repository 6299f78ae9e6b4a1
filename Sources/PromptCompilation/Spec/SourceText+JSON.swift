public import OrderedJSON

extension SourceText {
  /// A fault at an offset of the text.
  func diagnostic(at offset: Int, _ message: String) -> Diagnostic {
    let (line, column) = position(at: offset)
    return Diagnostic(file: name, line: line, column: column, message: message)
  }

  /// Returns the text read as JSON.
  ///
  /// - Parameter loneSurrogates: what becomes of half a character in an escape.
  /// - Throws: `CompilationError` with the place of the first fault.
  public func json(
    loneSurrogates: JSONParser.LoneSurrogates = .refused
  ) throws(CompilationError) -> JSONNode {
    do {
      return try JSONParser.parse(bytes, loneSurrogates: loneSurrogates)
    } catch {
      throw CompilationError([diagnostic(at: error.offset, error.message)])
    }
  }
}
