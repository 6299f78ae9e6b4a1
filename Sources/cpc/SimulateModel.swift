public import ArgumentParser
internal import Bytes
public import ContextIndex

/// The option that names a cache model.
struct CacheModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What the engine can reuse, which orders are chosen for: \(CacheModel.forms); without it what the \
      model's profile says.
      """, valueName: "model"))
  var cacheModel: CacheModel?
}

extension CacheModel: ExpressibleByArgument {
  /// Reads the form that profiles have; nil for another one.
  public init?(argument: String) {
    self.init(ByteString(argument))
  }
}
