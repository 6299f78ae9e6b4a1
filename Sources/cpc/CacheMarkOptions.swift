import ArgumentParser
import Bytes
import PromptCompilation

/// The options that say which cache marks are put into a body.
struct CacheMarkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Put in the marks that a hosted service caches by: anthropic, openai.", valueName: "service"))
  var cacheMarks: String?

  @Option(
    help: ArgumentHelp(
      "How long what many requests share is to live, such as 1h; the usual time if not given.",
      valueName: "ttl"))
  var cacheTTL: String?

  @Option(
    help: ArgumentHelp(
      "How often what many requests share is read before it is gone.", valueName: "n"))
  var sharedReads = CacheMarkSettings().sharedReads

  @Option(
    help: ArgumentHelp(
      "How often a conversation is read before it is gone; 0 if nothing follows.", valueName: "n"))
  var conversationReads = CacheMarkSettings().conversationReads

  @Option(
    help: ArgumentHelp(
      "What services cache, in place of prices/caches.json.", valueName: "file"))
  var caches: String?

  @Option(
    help: ArgumentHelp(
      "Where the minimums of models are looked up, in place of prices/prices.json.",
      valueName: "file"))
  var prices: String?

  /// What puts in the marks that are asked for; nil if none are.
  ///
  /// - Parameter model: a model whose tokenizer estimates tokens; nil for estimates by length.
  func marker(_ model: LocatedModel?) throws -> CacheMarker? {
    guard let cacheMarks else {
      guard cacheTTL == nil, caches == nil, prices == nil else {
        throw ValidationError("options of cache marks need --cache-marks anthropic or openai")
      }
      return nil
    }
    let settings = CacheMarkSettings(
      lifetime: cacheTTL.map { ByteString($0) }, sharedReads: sharedReads,
      conversationReads: conversationReads)
    return try CacheMarker(
      service: ByteString(cacheMarks), settings, services: try CacheServiceList(path: caches),
      prices: try PriceList(path: prices),
      estimate: try TokenEstimate(try model?.tokenizer(), isExact: false))
  }
}
