/// How much work a template may cause, so that a hostile one ends in an error.
public struct RenderLimits: Hashable, Sendable {
  /// The longest text of a template, in bytes.
  public static let sourceBytes = 1 << 20
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
  /// The most evaluation steps, to which each byte of the request adds `stepsPerByte`. A step takes
  /// about 40 ns; what takes longer, or makes texts and lists, counts as more than one.
  public var steps: Int
  /// The steps that each byte of the request allows in addition.
  public var stepsPerByte: Int
  /// The longest text that may be rendered or built, in bytes, to which each byte of the request adds
  /// `textBytesPerByte`.
  public var textBytes: Int
  /// The bytes of text that each byte of the request allows in addition.
  public var textBytesPerByte: Int

  /// Makes limits; the defaults are far above what real templates need, and end a hostile one within
  /// 100 ms and 64 MB on a request of usual size.
  public init(
    depth: Int = 600, steps: Int = 1_000_000, stepsPerByte: Int = 64, textBytes: Int = 8 << 20,
    textBytesPerByte: Int = 16
  ) {
    self.depth = depth
    self.steps = steps
    self.stepsPerByte = stepsPerByte
    self.textBytes = textBytes
    self.textBytesPerByte = textBytesPerByte
  }

  /// The limits for a request of so many bytes, as `steps` and `textBytes` alone.
  func forRequest(bytes: Int) -> RenderLimits {
    func sum(_ base: Int, _ perByte: Int) -> Int {
      let more = bytes.multipliedReportingOverflow(by: max(perByte, 0))
      let sum = base.addingReportingOverflow(more.partialValue)
      return more.overflow || sum.overflow ? .max : sum.partialValue
    }
    var result = self
    result.steps = sum(steps, stepsPerByte)
    result.textBytes = sum(textBytes, textBytesPerByte)
    return result
  }
}
