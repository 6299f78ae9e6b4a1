/// How much work a template may cause, so that a hostile one ends in an error.
public struct RenderLimits: Hashable, Sendable {
  /// The deepest nesting of expressions and statements in the text of a template.
  public static let nesting = 100
  /// The deepest nesting of values.
  public static let valueDepth = 600
  /// The most decimal digits of an integer that is read or written, as in Python.
  public static let integerDigits = 4_300
  /// The most binary digits of an integer that a calculation makes.
  static let integerBits = 1 << 15

  /// The deepest evaluation, over all macro calls in progress.
  public var depth: Int
  /// The most evaluation steps; long texts cost more than one.
  public var steps: Int
  /// The longest text that may be rendered or built, in bytes.
  public var textBytes: Int

  /// Makes limits; the defaults are far above what real templates need.
  public init(depth: Int = 400, steps: Int = 20_000_000, textBytes: Int = 256 << 20) {
    self.depth = depth
    self.steps = steps
    self.textBytes = textBytes
  }
}
