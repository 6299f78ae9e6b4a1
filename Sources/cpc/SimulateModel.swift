public import ArgumentParser
internal import Bytes
public import ContextIndex

extension CacheModel: ExpressibleByArgument {
  /// Reads the form that profiles have; nil for another one.
  public init?(argument: String) {
    self.init(ByteString(argument))
  }
}
