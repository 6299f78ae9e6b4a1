import Bytes
import Measurement
import TextProcessing

// Prints how fast one thread cuts texts into segments, in MB (10^6 bytes) a second of CPU time: files, and
// texts that are nothing but stops, line ends, blanks or random bytes.
// Usage: segmentation [FILE ...]

var texts = try CommandLine.arguments.dropFirst().map { ($0, try Files.read($0)) }
for (name, unit) in [("dots", "."), ("line ends", "\n"), ("blanks", " "), ("stops", "a. A ")] {
  texts.append((name, Array(String(repeating: unit, count: (1 << 20) / unit.utf8.count).utf8)))
}
var random = RandomNumbers()
texts.append(("random bytes", (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &random) }))

// The first segmenter of a process compiles the patterns that all share.
let start = ProcessUsage.milliseconds
let segmenter = try TextSegmenter()
print(
  "make the first segmenter: \(Int(((ProcessUsage.milliseconds - start) * 1e3).rounded())) microseconds"
)

for (name, text) in texts {
  var segments: [ByteRange] = []
  var scratch: [UInt8] = []
  // About 16 MB a round.
  let passes = max(1, (1 << 24) / max(text.count, 1))
  let time = try best {
    for _ in 0..<passes {
      segments.removeAll(keepingCapacity: true)
      try text.withRawBytes { bytes throws(PatternError) in
        try segmenter.segments(of: bytes, into: &segments)
      }
    }
  }
  var sum: UInt64 = 0
  func hashing(_ comparison: TextComparison) -> Double {
    best {
      for _ in 0..<passes {
        text.withUnsafeBytes { bytes in
          for segment in segments {
            sum ^= comparison.hash(of: segment, in: bytes, scratch: &scratch)
          }
        }
      }
    }
  }
  func speed(_ milliseconds: Double) -> Int {
    Int((Double(text.count * passes) / milliseconds / 1e3).rounded())
  }
  let hashes = TextComparison.allCases.map { "\($0) \(speed(hashing($0)))" }.joined(separator: ", ")
  print(
    "\(name): \(text.count) bytes, \(segments.count) segments, \(speed(time)) MB/s; hashes in MB/s: \(hashes)"
  )
}
