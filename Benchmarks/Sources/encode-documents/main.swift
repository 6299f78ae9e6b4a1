import Glibc
import Measurement
import PromptCompilation

// Encodes documents with one encoder, pass after pass, and prints as JSON what that cost.
// Usage: encode-documents MODEL PASSES FILE [FILE ...], run where cpc finds its data; a zero byte
// stands between the documents of a file. Keys: CPU milliseconds to the start of `main` and from there
// to the first token, peak memory in KiB behind the passes, the bound of the encoder's cache in bytes,
// and for each file its bytes, the CPU milliseconds of each pass, and the SHA-256 of all ids as
// little-endian 32-bit numbers.

func fail(_ message: String) -> Never {
  let line = Array("encode-documents: \(message)\n".utf8)
  write(STDERR_FILENO, line, line.count)
  exit(2)
}

/// A file's documents and what encoding them took.
struct Text {
  let documents: [[UInt8]]
  var passes: [Double] = []
  var tokenCount = 0
}

func encodeAll(_ text: Text, _ encoder: TextEncoder) throws -> Int {
  var count = 0
  for document in text.documents { count += try encoder.encode(document).ids.count }
  return count
}

func digest(_ text: Text, _ encoder: TextEncoder) throws -> Digest {
  var bytes: [UInt8] = []
  for document in text.documents {
    for id in try encoder.encode(document).ids {
      withUnsafeBytes(of: id.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }
  return Digest(of: bytes)
}

func run(model: String, passes: Int, files: [String]) throws {
  let start = ProcessUsage.milliseconds
  var texts = files.map { file in
    guard let documents = readDocuments(file) else { fail("cannot read \(file)") }
    return Text(documents: documents)
  }

  let beforeLoading = ProcessUsage.milliseconds
  let encoder = try Model.tokenizer(named: ByteString(model)).makeEncoder()
  _ = try encoder.encode(Array("Hello".utf8))
  let load = ProcessUsage.milliseconds - beforeLoading

  for _ in 0..<passes {
    for index in texts.indices {
      let before = ProcessUsage.milliseconds
      texts[index].tokenCount = try encodeAll(texts[index], encoder)
      texts[index].passes.append(ProcessUsage.milliseconds - before)
    }
  }
  let peak = ProcessUsage.peakKibibytes

  let results = try texts.map { text in
    let bytes = text.documents.reduce(0) { $0 + $1.count }
    let passes = text.passes.map { "\($0)" }.joined(separator: ", ")
    let sha256 = try digest(text, encoder).hexadecimal
    return "{\"bytes\": \(bytes), \"tokens\": \(text.tokenCount), \"passes_ms\": [\(passes)], "
      + "\"ids_sha256\": \"\(sha256)\"}"
  }
  print(
    "{\"start_ms\": \(start), \"load_ms\": \(load), \"rss_kib\": \(peak), "
      + "\"cache_limit\": \(TextEncoder.cacheLimit), "
      + "\"texts\": [\(results.joined(separator: ", "))]}")
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3, let passes = Int(arguments[1]), passes > 0 else {
  fail("usage: encode-documents MODEL PASSES FILE [FILE ...]")
}
do {
  try run(model: arguments[0], passes: passes, files: Array(arguments[2...]))
} catch {
  fail("\(error)")
}
