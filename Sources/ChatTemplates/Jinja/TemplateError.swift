/// What is wrong with a chat template, or went wrong while it was rendered, and where.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of errors.
  public enum Kind: Hashable, Sendable {
    /// The template's text is not Jinja.
    case syntax
    /// An operation failed on the values that it met.
    case runtime
    /// The template itself refused the request with `raise_exception`.
    case raised
    /// Rendering would have exceeded one of the `RenderLimits`.
    case limit
    /// The template uses a part of Jinja that chat templates do not have.
    case unsupported
  }

  /// The name of the template, as it was given.
  public let template: String
  /// The line, from 1.
  public let line: Int
  /// The column, from 1, in code points.
  public let column: Int
  /// The kind of error.
  public let kind: Kind
  /// What is wrong; for `raised`, exactly the template's message.
  public let message: String

  /// Makes an error.
  public init(template: String, line: Int, column: Int, kind: Kind, message: String) {
    self.template = template
    self.line = line
    self.column = column
    self.kind = kind
    self.message = message
  }

  /// The place and the message: `qwen3.jinja:12:7: error: 'x' is undefined`.
  public var description: String { "\(template):\(line):\(column): error: \(message)" }
}
