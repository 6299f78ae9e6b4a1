/// Token ids as they are made, with the byte offset at which each ends where that is asked for.
///
/// Invariant: the storages hold `capacity` elements, of which the first `count` are initialised.
struct TokenBuffer: ~Copyable {
  private(set) var count = 0
  private var capacity = 256
  private var idStorage: UnsafeMutablePointer<UInt32>
  private var endStorage: UnsafeMutablePointer<Int>?

  init(recordingEnds recordsEnds: Bool = false) {
    idStorage = .allocate(capacity: capacity)
    endStorage = recordsEnds ? .allocate(capacity: capacity) : nil
  }

  deinit {
    idStorage.deallocate()
    endStorage?.deallocate()
  }

  /// Whether ends are recorded.
  var recordsEnds: Bool { endStorage != nil }

  /// The ids in order.
  var ids: [UInt32] { Array(UnsafeBufferPointer(start: idStorage, count: count)) }

  /// The end of each token, in bytes from the start of the encoded text; empty if not recorded.
  var ends: [Int] {
    endStorage.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  }

  /// The ids from index `first` on.
  func ids(from first: Int) -> UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(start: idStorage + first, count: count - first)
  }

  @inline(__always)
  mutating func append(_ id: UInt32, endingAt end: Int) {
    if count == capacity { grow() }
    idStorage[count] = id
    endStorage?[count] = end
    count &+= 1
  }

  /// Replaces the ends from index `first` on by what `transform` makes of them.
  mutating func mapEnds(from first: Int, _ transform: (Int) -> Int) {
    guard let endStorage else { return }
    for index in first..<count { endStorage[index] = transform(endStorage[index]) }
  }

  mutating func removeAll() {
    count = 0
  }

  private mutating func grow() {
    idStorage = Self.grown(idStorage, count: count, capacity: 2 * capacity)
    endStorage = endStorage.map { Self.grown($0, count: count, capacity: 2 * capacity) }
    capacity *= 2
  }

  private static func grown<Element>(
    _ storage: UnsafeMutablePointer<Element>, count: Int, capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.moveInitialize(from: storage, count: count)
    storage.deallocate()
    return larger
  }
}
