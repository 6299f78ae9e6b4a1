import PromptCompilation

// Prints what compiling chat templates takes, and rendering ten messages with each: elapsed time on one
// thread, the best of several rounds. A template that refuses a conversation is left out.
// Usage: templates FILE [FILE ...]

let clock = ContinuousClock()

/// The microseconds of the fastest round; nil if the first one throws.
func microseconds(rounds: Int, _ body: () throws -> Void) -> Double? {
  guard (try? body()) != nil else { return nil }
  var best = Double.infinity
  for _ in 0..<rounds {
    let time = clock.measure { try? body() }.components
    best = min(best, Double(time.seconds) * 1e6 + Double(time.attoseconds) / 1e12)
  }
  return best
}

func tenths(_ value: Double) -> String {
  let scaled = Int((value * 10).rounded())
  return "\(scaled / 10).\(scaled % 10)"
}

func report(_ what: String, _ times: [(name: String, time: Double)], of count: Int, goal: String) {
  let sorted = times.sorted { $0.time < $1.time }
  guard let worst = sorted.last else { return print("\(what): no template does it") }
  let median = sorted[sorted.count / 2].time
  let least = sorted[0].time
  print(
    "\(what): median \(tenths(median)), least \(tenths(least)), worst \(tenths(worst.time))"
      + " microseconds (\(worst.name)); \(sorted.count) of \(count) templates; goal: \(goal)")
}

let specialTokens = [
  JSONMember("bos_token", JSONNode(.string("<s>"))),
  JSONMember("eos_token", JSONNode(.string("</s>"))),
]
let plain = TemplateRequest(
  messages: Conversations.plain, addGenerationPrompt: true, specialTokens: specialTokens)
let withTools = TemplateRequest(
  messages: Conversations.withTools, tools: Conversations.tools, addGenerationPrompt: true,
  specialTokens: specialTokens)

var compiling: [(name: String, time: Double)] = []
var rendering: [(name: String, time: Double)] = []
var renderingTools: [(name: String, time: Double)] = []
let files = Array(CommandLine.arguments.dropFirst())
for file in files {
  let source = ByteString(try Files.read(file))
  let name = file.split(separator: "/").last.map(String.init) ?? file
  let time = microseconds(rounds: 20) { _ = try ChatTemplate(source: source, name: name) }
  guard let time, let template = try? ChatTemplate(source: source, name: name) else { continue }
  compiling.append((name, time))
  if let time = microseconds(rounds: 30, { _ = try template.render(plain) }) {
    rendering.append((name, time))
  }
  if let time = microseconds(rounds: 30, { _ = try template.render(withTools) }) {
    renderingTools.append((name, time))
  }
}
report("compile a template", compiling, of: files.count, goal: "median under 1000")
report("render ten messages", rendering, of: files.count, goal: "median under 100")
report(
  "render ten messages with tools", renderingTools, of: files.count, goal: "median under 100")
