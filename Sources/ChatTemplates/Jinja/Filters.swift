internal import Bytes

/// The filters that templates can use.
enum Filters {
  /// The filter called `name`.
  static func named(_ name: ByteString) -> Builtin? { table[name] }

  private static let table = Builtin.table(
    text, layout, conversions, markup, selections, sequences, orders, mappings, sizes)
}
