internal import Bytes

/// The methods of one name, of all types that have one.
struct MethodFamily: Sendable {
  private let onString: Builtin?
  private let onDictionary: Builtin?
  private let onSequence: Builtin?
  private let onLoop: Builtin?
  private let isUnsafeOnList: Bool
  private let isUnsafeOnDictionary: Bool

  /// The methods called `name`; nil if no type has any.
  static func named(_ name: ByteString) -> MethodFamily? {
    let family = MethodFamily(
      onString: Methods.ofStrings[name], onDictionary: Methods.ofDictionaries[name],
      onSequence: Methods.ofSequences[name], onLoop: Methods.ofLoops[name],
      isUnsafeOnList: Methods.unsafeOfLists.contains(name),
      isUnsafeOnDictionary: Methods.unsafeOfDictionaries.contains(name))
    return family.isEmpty ? nil : family
  }

  private var isEmpty: Bool {
    onString == nil && onDictionary == nil && onSequence == nil && onLoop == nil
      && !isUnsafeOnList && !isUnsafeOnDictionary
  }

  /// The method of `value`; nil if its type has none of that name.
  func method(of value: Value) -> Builtin? {
    switch value {
    case .string: onString
    case .dictionary: onDictionary
    case .list, .tuple: onSequence
    case .loop: onLoop
    default: nil
    }
  }

  /// Whether `value` has a method of that name that would change it, which templates may not.
  func isUnsafe(on value: Value) -> Bool {
    switch value {
    case .list: isUnsafeOnList
    case .dictionary: isUnsafeOnDictionary
    default: false
    }
  }
}

/// The methods that templates can call.
enum Methods {
  static let ofStrings = Builtin.table(
    stripping.map(\.byPosition), splitting, searching.map(\.byPosition), casing,
    building.map(\.byPosition), asking, translating)
  static let ofDictionaries = Builtin.table(onDictionaries.map(\.byPosition))
  static let ofSequences = Builtin.table(onSequences.map(\.byPosition))
  static let ofLoops = Builtin.table(onLoops)
  static let unsafeOfLists: [ByteString] = [
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort",
  ]
  static let unsafeOfDictionaries: [ByteString] = [
    "clear", "pop", "popitem", "setdefault", "update",
  ]
}
