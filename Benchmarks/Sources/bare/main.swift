import Measurement

// What a Swift program costs that does nothing. With files of documents it holds these and prints what
// it used as JSON: that is what `encode-documents` is compared with.

let start = ProcessUsage.milliseconds
let documents = CommandLine.arguments.dropFirst().map { readDocuments($0) ?? [] }
if !documents.isEmpty {
  print("{\"start_ms\": \(start), \"rss_kib\": \(ProcessUsage.peakKibibytes)}")
}
withExtendedLifetime(documents) {}
