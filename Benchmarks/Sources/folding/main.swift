import Bytes
import Deduplication
import Measurement
import TextProcessing

// Prints how fast one thread folds texts, in MB (10^6 bytes) a second of CPU time, where counting tokens
// costs nothing: made texts of 1, 10 and 100 MB, and files of documents that a zero byte stands between.
// Usage: folding [--largest MEGABYTES] [FILE ...]

let segmenter = try TextSegmenter()

/// Folds the texts of one request; returns how many bytes are shown, and how many references.
func fold(_ texts: [[UInt8]]) -> (bytes: Int, references: Int) {
  var folder = TextFolder(segmenter: segmenter)
  var result = (bytes: 0, references: 0)
  for (place, text) in texts.enumerated() {
    let folded = folder.fold(text, as: ByteString("block \(place)")) { $0.count / 4 }
    result.bytes += folded.bytes.count
    result.references += folded.references.count
  }
  return result
}

func measure(_ name: String, _ texts: [[UInt8]]) {
  let count = texts.map(\.count).reduce(0, +)
  var result = (bytes: 0, references: 0)
  let time = best(of: count < 20_000_000 ? 7 : 2) { result = fold(texts) }
  let speed = Int((Double(count) / time / 1e3).rounded())
  let saved = (1e3 * Double(count - result.bytes) / Double(max(count, 1))).rounded() / 10
  print(
    "\(name): \(texts.count) texts, \(count) bytes, \((time * 10).rounded() / 10) ms, \(speed) MB/s, "
      + "\(result.references) references take out \(saved) %")
}

/// Sentences of random words on lines of random length.
func prose(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = RandomNumbers(seed: seed)
  let letters = Array("etaoinshrdlucmfwypvbgkjqxz".utf8)
  let words = (0..<20_000).map { _ in
    (0..<Int.random(in: 2...9, using: &random)).map { _ in
      letters[
        min(
          Int.random(in: 0..<26, using: &random), Int.random(in: 0..<26, using: &random))]
    }
  }
  var text: [UInt8] = []
  text.reserveCapacity(count + 400)
  while text.count < count {
    var word = words[Int.random(in: 0..<words.count, using: &random)]
    word[0] -= 32
    for place in 0..<Int.random(in: 6...24, using: &random) {
      if place > 0 {
        text.append(UInt8(ascii: " "))
        word = words[Int.random(in: 0..<words.count, using: &random)]
      }
      text += word
    }
    text.append(UInt8(ascii: "."))
    text.append(Int.random(in: 0..<5, using: &random) == 0 ? 0x0A : 0x20)
  }
  return Array(text[..<count])
}

/// Minified JSON: records on one line.
func records(_ count: Int) -> [UInt8] {
  var random = RandomNumbers(seed: 3)
  var text = Array("[".utf8)
  text.reserveCapacity(count + 100)
  while text.count < count {
    let id = Int.random(in: 0..<1_000_000, using: &random)
    text += #"{"id":\#(id),"name":"user\#(id % 977)","active":true,"tags":["a","b"]},"#.utf8
  }
  return Array(text[..<count])
}

func repeated(_ unit: String, _ count: Int) -> [UInt8] {
  Array([[UInt8]](repeating: Array(unit.utf8), count: count / unit.utf8.count).joined())
}

/// Pieces of a text, each a text of its own.
func pieces(of text: [UInt8], _ length: Int) -> [[UInt8]] {
  stride(from: 0, to: text.count, by: length).map { Array(text[$0..<min($0 + length, text.count)]) }
}

var arguments = Array(CommandLine.arguments.dropFirst())
var largest = 100
if arguments.first == "--largest", arguments.count > 1, let value = Int(arguments[1]) {
  largest = value
  arguments.removeFirst(2)
}
for megabytes in [1, 10, 100] where megabytes <= largest {
  let count = megabytes * 1_000_000
  let text = prose(count, seed: 1)
  let half = Array(text[..<(count / 2)])
  measure("\(megabytes) MB of prose, no repeats", [text])
  measure("\(megabytes) MB of prose in blocks of 2 kB", pieces(of: text, 2_000))
  measure("\(megabytes) MB of prose, the second block like the first", [half, half])
  measure("\(megabytes) MB of prose, the second half like the first", [half + half])
  // The halves differ at every 5,000th byte.
  var changed = half
  for place in stride(from: 2_500, to: changed.count, by: 5_000) { changed[place] = 0x23 }
  measure("\(megabytes) MB of prose, two versions", [half, changed])
  let line = "The quick brown fox jumps over the lazy dog while it rains in Spain again."
  measure("\(megabytes) MB of one line", [repeated(line + "\n", count)])
  measure(
    "\(megabytes) MB of equal sentences, four a line",
    [repeated(String(repeating: line + " ", count: 4) + "\n", count)])
  measure("\(megabytes) MB of one character", [repeated("a", count)])
  measure("\(megabytes) MB of line ends", [repeated("\n", count)])
  var random = RandomNumbers()
  measure(
    "\(megabytes) MB of random bytes",
    [(0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }])
  measure("\(megabytes) MB of minified JSON", [records(count)])
}
let small = prose(1_000_000, seed: 2)
measure("10,000 blocks of 100 bytes", pieces(of: small, 100))
measure("10,000 equal blocks", [[UInt8]](repeating: Array(small[..<200]), count: 10_000))
for path in arguments {
  guard let documents = readDocuments(path) else {
    print("\(path): cannot be read")
    continue
  }
  measure(path, documents)
}
