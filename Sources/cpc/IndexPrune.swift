import ArgumentParser
import ContextStore

struct IndexPrune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove from an index what was sent, and conversations that went on, long ago.")

  @Option(
    help: ArgumentHelp(
      "Remove what was last sent longer ago than this: a number with s, m, h, d or w.",
      valueName: "age"))
  var olderThan: Age?

  @Option(
    help: ArgumentHelp(
      "Keep so many sequences, and conversations, of each model and tenant, the latest.",
      valueName: "number"))
  var keep: Int?

  @Argument(help: "The index.")
  var path: String

  func validate() throws {
    guard olderThan != nil || keep != nil else {
      throw ValidationError("what is to be removed? Give --older-than 7d, --keep 1000, or both")
    }
    if let keep, keep < 0 {
      throw ValidationError("--keep \(keep): give a number from 0 on")
    }
  }

  func run() throws {
    let store = try ContextStore(path: path, .reading)
    let now = WallClock.milliseconds
    let limit = olderThan.map { now - min($0.milliseconds, now) }
    // Before the sequences, behind which the file is made smaller.
    let ended = try store.pruneConversations(before: limit, keeping: keep)
    let removed = try store.prune(before: limit, keeping: keep)
    let left = try store.keys().reduce(0) { $0 + $1.sequences + $1.learned }
    try Terminal.printLine(
      "\(removed) sequences removed, \(left) left, \(try store.size()) bytes")
    let conversations = try store.conversations().count
    if ended + conversations > 0 {
      try Terminal.printLine("\(ended) conversations removed, \(conversations) left")
    }
  }
}

/// A length of time as it is written on the command line, `90m` or `7d`.
struct Age: ExpressibleByArgument {
  /// In milliseconds.
  let milliseconds: UInt64

  /// Reads a number and a unit; nil for what is neither, or too long.
  init?(argument: String) {
    let units: [Character: UInt64] = [
      "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]
    guard let unit = argument.last.flatMap({ units[$0] }), let number = UInt64(argument.dropLast())
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    milliseconds = product
  }
}
