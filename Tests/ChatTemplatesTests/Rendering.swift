import Bytes
import ChatTemplates
import OrderedJSON
import TestSupport
import Testing

// What the tests of templates share.

/// Renders `template` with the members of a JSON object as its variables.
func render(
  _ template: String, _ context: String = "{}", clock: TemplateClock = .epoch,
  limits: RenderLimits = RenderLimits()
) throws -> String {
  String(
    decoding: try renderPrompt(template, context, clock: clock, limits: limits).bytes,
    as: UTF8.self)
}

/// Renders `template` with the members of a JSON object as its variables.
func renderPrompt(
  _ template: String, _ context: String = "{}", clock: TemplateClock = .epoch,
  limits: RenderLimits = RenderLimits()
) throws -> RenderedPrompt {
  let compiled = try ChatTemplate(source: ByteString(template), name: "test", limits: limits)
  return try compiled.render(context: try members(context), clock: clock)
}

/// The error of rendering `template`; nil if there is none.
func renderError(
  _ template: String, _ context: String = "{}", limits: RenderLimits = RenderLimits()
) -> TemplateError? {
  do {
    _ = try render(template, context, limits: limits)
    return nil
  } catch {
    return error as? TemplateError
  }
}

/// The members of a JSON object.
func members(_ json: String) throws -> [JSONMember] {
  guard case .object(let members) = try JSONParser.parse(Array(json.utf8)).value else { return [] }
  return members
}

/// The bytes of a file of the package.
func packageFile(_ path: String) throws -> ByteString {
  ByteString(try Files.read(Shared.packageRoot + "/" + path))
}

/// A generator of pseudo-random numbers (SplitMix64), the same on every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A template and what it renders to, or the message of its error.
struct RenderCase: Sendable, CustomTestStringConvertible {
  let template: String
  let expected: String

  init(_ template: String, _ expected: String) {
    self.template = template
    self.expected = expected
  }

  var testDescription: String { template }
}
