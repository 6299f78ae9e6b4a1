import PromptCompilation

// Prints how fast one thread encodes texts, in MB (10^6 bytes) a second of elapsed time, and how long
// compiling the quickstart spec takes in a warm process, and compiling one with blocks that come again: until it
// can be sent, and until its tokens are known and recorded.
// Usage: throughput FILE [FILE ...], run from the root of the repository.

let clock = ContinuousClock()

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

func best(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds { best = min(best, seconds(try clock.measure(body))) }
  return best
}

let model = try Model.named("qwen3")
let encoder = try model.tokenizer.makeEncoder()
for file in CommandLine.arguments.dropFirst() {
  let text = try Files.read(file)
  var count = 0
  let time = try best(of: 7) { count = try encoder.encode(text).ids.count }
  let speed = Int((Double(text.count) / time / 1e6).rounded())
  print("encode \(file): \(text.count) bytes, \(count) tokens, \(speed) MB/s")
}

let folder = "Fixtures/quickstart"
let spec = try Spec(
  jsonBytes: try Files.read(folder + "/spec.json"), name: "spec.json",
  files: FileResolver(folder: folder))
let compiler = PromptCompiler(model: model)
let time = try best(of: 20) { _ = try compiler.compile(spec) }
print("compile quickstart, warm: \(Int((time * 1e6).rounded())) microseconds")

var requests = RecurringBlocks(words: try Files.read("LICENSE"))
let indexed = PromptCompiler(
  model: model, index: ContextIndex(), blockMemory: 8 << 20, comparesNextTurn: false)
for _ in 0..<300 { _ = try indexed.compile(requests.spec()) }
var (layOutTimes, completionTimes) = ([Double](), [Double]())
for _ in 0..<1000 {
  let spec = requests.spec()
  let start = clock.now
  let laidOut = try indexed.layOut(spec)
  let sent = clock.now
  _ = try laidOut.completed()
  layOutTimes.append(seconds(sent - start))
  completionTimes.append(seconds(clock.now - sent))
}
for (name, times) in [("lay out", layOutTimes), ("complete", completionTimes)] {
  let median = times.sorted()[times.count / 2]
  let time = Int((median * 1e6).rounded())
  print("\(name) 15 of 200 blocks with an index, warm: \(time) microseconds")
}
