import ContextIndex
import Glibc
import Measurement

// Orders requests and prints as JSON what that cost.
// Usage: order-requests offline | online[:WIDTH] | window:REQUESTS:TOKENS  REQUESTS-FILE  [ORDERS-FILE]
// The first line of REQUESTS-FILE holds the tokens of each block, each line behind it the numbers of the
// blocks that one request asks for, most important first. ORDERS-FILE gets one line for each request in the
// sequence in which they are sent: its number, then its blocks. Keys: CPU milliseconds of ordering alone, of
// the last tenth of the requests for those that are ordered one by one, and peak memory in KiB above what
// the requests take.

func fail(_ message: String) -> Never {
  let line = Array("order-requests: \(message)\n".utf8)
  write(STDERR_FILENO, line, line.count)
  exit(2)
}

func readRequests(_ path: String) -> RequestBatch {
  guard let bytes = readFile(path) else { fail("cannot read \(path)") }
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  func numbers(_ line: ArraySlice<UInt8>) -> [UInt32] {
    line.split(separator: UInt8(ascii: " ")).map { digits in
      digits.reduce(0) { $0 &* 10 &+ UInt32($1 &- 48) }
    }
  }
  guard let first = lines.first else { fail("\(path) is empty") }
  var batch = RequestBatch(tokens: numbers(first))
  for line in lines.dropFirst() where !line.isEmpty { batch.append(numbers(line)) }
  return batch
}

struct Result {
  var schedule = Schedule()
  var milliseconds = 0.0
  var lastTenth: Double?
}

func orderOffline(_ batch: RequestBatch) -> Result {
  var result = Result()
  let start = ProcessUsage.milliseconds
  result.schedule = OfflineScheduler().schedule(batch)
  result.milliseconds = ProcessUsage.milliseconds - start
  return result
}

func orderOnline(_ batch: RequestBatch, width: Int?) -> Result {
  var result = Result()
  result.schedule.sequence = Array(0..<batch.count)
  var limits = IndexLimits()
  if let width { limits.searchWidth = width }
  let index = ContextIndex(limits: limits)
  let key = IndexKey(model: "m")
  let head = IndexedBlock(BlockFingerprint(high: 1, low: 0), tokens: 1)
  var lastTenth = 0.0
  let start = ProcessUsage.milliseconds
  for request in 0..<batch.count {
    if request == batch.count / 10 * 9 { lastTenth = ProcessUsage.milliseconds }
    let blocks = Array(batch.requests[request])
    let asked = ContextRequest(
      key: key, head: head,
      blocks: blocks.map {
        IndexedBlock(BlockFingerprint(high: 0, low: UInt64($0)), tokens: batch.tokens[Int($0)])
      })
    let arrangement = index.arrange(asked)
    index.record(asked, order: arrangement.order)
    result.schedule.orders.append(arrangement.order.map { blocks[$0] })
  }
  let end = ProcessUsage.milliseconds
  result.milliseconds = end - start
  result.lastTenth = end - lastTenth
  return result
}

func orderWindows(_ batch: RequestBatch, size: Int, cacheTokens: Int) -> Result {
  var result = Result()
  var scheduler = WindowScheduler(cacheTokens: cacheTokens)
  let start = ProcessUsage.milliseconds
  for first in stride(from: 0, to: batch.count, by: size) {
    var window = RequestBatch(tokens: batch.tokens)
    for request in first..<min(first + size, batch.count) {
      window.append(Array(batch.requests[request]))
    }
    let schedule = scheduler.schedule(window)
    result.schedule.sequence += schedule.sequence.map { first + $0 }
    for request in 0..<window.count { result.schedule.orders.append(schedule.orders[request]) }
  }
  result.milliseconds = ProcessUsage.milliseconds - start
  return result
}

func write(_ schedule: Schedule, to path: String) {
  guard let file = fopen(path, "w") else { fail("cannot write \(path)") }
  defer { fclose(file) }
  for request in schedule.sequence {
    let blocks = schedule.orders[request].map { "\($0)" }.joined(separator: " ")
    fputs("\(request) \(blocks)\n", file)
  }
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 2 else {
  fail(
    "usage: order-requests offline | online[:WIDTH] | window:REQUESTS:TOKENS REQUESTS-FILE [ORDERS-FILE]"
  )
}
let batch = readRequests(arguments[1])
let before = ProcessUsage.peakKibibytes
let way = arguments[0].split(separator: ":").map(String.init)
let result: Result
switch way[0] {
case "offline": result = orderOffline(batch)
case "online": result = orderOnline(batch, width: way.count > 1 ? Int(way[1]) : nil)
case "window":
  guard way.count == 3, let size = Int(way[1]), let tokens = Int(way[2]), size > 0 else {
    fail("expected window:REQUESTS:TOKENS, not \(arguments[0])")
  }
  result = orderWindows(batch, size: size, cacheTokens: tokens)
default: fail("there is no way \(way[0])")
}
let memory = ProcessUsage.peakKibibytes - before
if arguments.count > 2 { write(result.schedule, to: arguments[2]) }
let lastTenth = result.lastTenth.map { ", \"last_tenth_ms\": \($0)" } ?? ""
print("{\"cpu_ms\": \(result.milliseconds)\(lastTenth), \"rss_kib\": \(memory)}")
