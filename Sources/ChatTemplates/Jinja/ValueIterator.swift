internal import Bytes

/// What filters like `map` return: it can be gone through once, and each element is made only when it
/// is asked for.
final class ValueIterator {
  /// Makes an element of one of the source; nil passes it over.
  typealias Transform = (Value) throws(TemplateError) -> Value?

  private enum Source {
    case elements([Value], next: Int)
    case iterator(ValueIterator)
  }

  /// Python's name for its type.
  let typeName: String
  /// One more than that of the deepest element of the source.
  let depth: Int
  private var source: Source
  private let transform: Transform?

  init(_ elements: [Value], typeName: String = "generator", transform: Transform? = nil) {
    source = .elements(elements, next: 0)
    self.typeName = typeName
    self.transform = transform
    depth = 1 + elements.reduce(0) { max($0, $1.depth) }
  }

  /// Makes an iterator that goes on with what is left of another.
  init(_ iterator: ValueIterator, transform: @escaping Transform) {
    source = .iterator(iterator)
    typeName = "generator"
    self.transform = transform
    depth = 1 + iterator.depth
  }

  /// Returns the next element; nil if there is none left.
  func next() throws(TemplateError) -> Value? {
    while let element = try nextOfSource() {
      guard let transform else { return element }
      if let value = try transform(element) { return value }
    }
    return nil
  }

  private func nextOfSource() throws(TemplateError) -> Value? {
    switch source {
    case .iterator(let iterator): return try iterator.next()
    case .elements(let elements, let place):
      guard place < elements.count else { return nil }
      source = .elements(elements, next: place + 1)
      return elements[place]
    }
  }

  /// Returns what has not been gone through.
  func takeAll() throws(TemplateError) -> [Value] {
    if transform == nil, case .elements(let elements, let place) = source {
      source = .elements([], next: 0)
      return Array(elements[place...])
    }
    var result: [Value] = []
    while let value = try next() { result.append(value) }
    return result
  }
}
