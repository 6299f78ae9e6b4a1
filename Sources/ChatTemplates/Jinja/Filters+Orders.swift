internal import Bytes

extension Filters {
  static let orders: [Builtin] = [
    Builtin("sort", ["reverse", "case_sensitive", "attribute"], sort),
    Builtin("dictsort", ["case_sensitive", "by", "reverse"], sortEntries),
    Builtin("min", ["case_sensitive", "attribute"], picking(isMaximum: false)),
    Builtin("max", ["case_sensitive", "attribute"], picking(isMaximum: true)),
    Builtin("unique", ["case_sensitive", "attribute"], unique),
    Builtin("groupby", ["attribute", "default", "case_sensitive"], required: 1, group),
  ]

  /// What is compared: strings in lower case unless case matters.
  private static func comparable(
    _ interpreter: Interpreter, _ value: Value, caseSensitive: Value?
  ) throws(TemplateError) -> Value {
    guard !interpreter.boolean(caseSensitive), case .string(let text) = value else { return value }
    try interpreter.charge(text.count)
    return .string(text.mapped(.lower))
  }

  private static func keys(
    _ interpreter: Interpreter, _ elements: [Value], attribute: Value?, caseSensitive: Value?,
    standard: Value? = nil
  ) throws(TemplateError) -> [Value] {
    var keys: [Value] = []
    keys.reserveCapacity(elements.count)
    for element in elements {
      let key = try interpreter.key(attribute, of: element, standard: standard)
      keys.append(try comparable(interpreter, key, caseSensitive: caseSensitive))
    }
    return keys
  }

  private static func sort(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let elements = try interpreter.elements(of: subject)
    var attributes = [arguments[2]]
    if case .string(let names) = arguments[2] {
      attributes = names.split(by: Text(","), limit: .max).map { .string($0) }
    }
    // Lists are compared, even of one key: equal keys that have no order are no error.
    var keys: [Value] = []
    for element in elements {
      var parts: [Value] = []
      for attribute in attributes {
        let key = try interpreter.key(attribute, of: element)
        parts.append(try comparable(interpreter, key, caseSensitive: arguments[1]))
      }
      keys.append(try interpreter.list(parts))
    }
    return try interpreter.list(
      try interpreter.sorted(elements, by: keys, reverse: interpreter.boolean(arguments[0])))
  }

  private static func sortEntries(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    guard case .dictionary(let dictionary) = subject else {
      if case .undefined(let undefined) = subject { throw interpreter.failure(undefined.message) }
      throw interpreter.failure("'\(subject.typeName)' object has no attribute 'items'")
    }
    let by = try interpreter.optionalText(arguments[1], "by")?.string ?? "key"
    guard by == "key" || by == "value" else {
      throw interpreter.failure("You can only sort by either \"key\" or \"value\"")
    }
    let keys = try keys(
      interpreter, by == "key" ? dictionary.keys : dictionary.values, attribute: nil,
      caseSensitive: arguments[0])
    let entries = DictionaryView(.items, of: dictionary).elements
    return try interpreter.list(
      try interpreter.sorted(entries, by: keys, reverse: interpreter.boolean(arguments[2])))
  }

  private static func picking(isMaximum: Bool) -> Builtin.Body {
    { interpreter, subject, arguments throws(TemplateError) in
      let elements = try interpreter.elements(of: subject)
      let keys = try keys(
        interpreter, elements, attribute: arguments[1], caseSensitive: arguments[0])
      var best = 0
      for index in elements.indices.dropFirst() {
        let isBetter =
          isMaximum
          ? try interpreter.isLess(keys[best], keys[index], ">", swapped: true)
          : try interpreter.isLess(keys[index], keys[best])
        if isBetter { best = index }
      }
      return elements.isEmpty
        ? .undefined(Undefined(message: "No aggregated item, sequence was empty.")) : elements[best]
    }
  }

  private static func unique(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let elements = try interpreter.elements(of: subject)
    try interpreter.charge(objects: elements.count)
    let keys = try keys(
      interpreter, elements, attribute: arguments[1], caseSensitive: arguments[0])
    var seen: Set<DictionaryKey> = []
    var result: [Value] = []
    for (element, key) in zip(elements, keys) {
      try interpreter.checkKey(key)
      if let key = DictionaryKey(key), seen.insert(key).inserted { result.append(element) }
    }
    return .iterator(ValueIterator(result))
  }

  private static func group(
    _ interpreter: Interpreter, _ subject: Value, _ arguments: BoundArguments
  ) throws(TemplateError) -> Value {
    let elements = try interpreter.elements(of: subject)
    let attribute = arguments[0]
    let keys = try keys(
      interpreter, elements, attribute: attribute, caseSensitive: arguments[2],
      standard: arguments[1])
    let pairs = Array(zip(elements, keys)).map { Value.tuple(ValueList([$0, $1])) }
    let sorted = try interpreter.sorted(pairs, by: keys, reverse: false)
    var groups: [(key: Value, name: Value, elements: [Value])] = []
    for pair in sorted {
      guard case .tuple(let list) = pair, let element = list.elements.first,
        let key = list.elements.last
      else { continue }
      if let last = groups.last, try interpreter.areEqual(last.key, key) {
        groups[groups.count - 1].elements.append(element)
      } else {
        let name = try interpreter.key(attribute, of: element, standard: arguments[1])
        groups.append((key, name, [element]))
      }
    }
    var result: [Value] = []
    for group in groups {
      let tuple = ValueGroup([group.name, try interpreter.list(group.elements)])
      result.append(try interpreter.checked(.tuple(tuple), count: 2))
    }
    return try interpreter.list(result)
  }
}
