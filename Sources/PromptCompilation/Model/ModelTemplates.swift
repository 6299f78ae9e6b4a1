internal import Bytes

/// The chat templates of a model: one, or one for conversations with tools and one for the others.
public struct ModelTemplates: Sendable {
  /// The template of conversations without tools; of all, if `withTools` is nil.
  public let standard: ModelTemplate
  /// The template of conversations with tools.
  public let withTools: ModelTemplate?

  /// Takes the templates of a model.
  public init(_ standard: ModelTemplate, withTools: ModelTemplate? = nil) {
    self.standard = standard
    self.withTools = withTools
  }

  /// The template that a conversation is rendered with.
  public func template(hasTools: Bool) -> ModelTemplate {
    hasTools ? withTools ?? standard : standard
  }

  /// Compiles the templates of a list of names and sources, of which `default` and `tool_use` count, as
  /// they do for transformers.
  ///
  /// - Parameter file: the file that holds them, for messages.
  /// - Throws: `CompilationError` if none of them is `default`, or one is no Jinja.
  init(
    named sources: [(name: ByteString, source: ByteString)], of file: String
  ) throws(CompilationError) {
    func template(_ name: ByteString) throws(CompilationError) -> ModelTemplate? {
      guard let source = sources.last(where: { $0.name == name })?.source else { return nil }
      return try ModelTemplate(source: source.bytes, name: "\(file):\(name)")
    }
    guard let standard = try template("default") else {
      let names = sources.map(\.name.string).joined(separator: ", ")
      throw CompilationError(
        file: file,
        message: "has several chat templates (\(names)) and none is called default: "
          + "write one to a file and give --chat-template FILE")
    }
    self.init(standard, withTools: try template("tool_use"))
  }
}
