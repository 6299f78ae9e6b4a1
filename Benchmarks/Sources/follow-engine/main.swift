// Follows the cache of an engine. Reads lines of token ids, and writes for each how many of the first tokens the
// engine is believed to find; for the line "status", how the engine is followed.
//
//   follow-engine ENDPOINT [REPLAY-ENDPOINT [TOPIC]]
import Bytes
import EngineEvents
import Glibc

let arguments = CommandLine.arguments
guard (2...4).contains(arguments.count) else {
  print("usage: follow-engine ENDPOINT [REPLAY-ENDPOINT [TOPIC]]")
  exit(2)
}
let connection = EngineConnection(
  endpoint: arguments[1], replayEndpoint: arguments.count > 2 ? arguments[2] : nil,
  topic: ByteString(arguments.count > 3 ? arguments[3] : ""))
do {
  let follower = try EngineFollower(connection)
  while let line = readLine() {
    if line == "status" {
      let status = follower.status
      let blocks = follower.withCache { $0.blockCount }
      print(
        "\(status.batches) batches, \(blocks) blocks, \(status.resets) resets, "
          + "\(status.unreadable) unreadable, \(status.isComplete ? "complete" : "incomplete")")
    } else {
      let tokens = line.split(separator: " ").compactMap { UInt32($0) }
      print(follower.withCache { $0.cachedPrefix(of: tokens) })
    }
    fflush(nil)
  }
  follower.stop()
} catch {
  print("follow-engine: \(error)")
  exit(2)
}
