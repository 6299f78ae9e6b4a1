/// Token ids as they are made, with the byte offset at which each ends where that is asked for.
///
/// Invariant: the storages hold `capacity` elements, of which the first `count` are initialised.
struct TokenBuffer: ~Copyable {
  /// What is kept of the tokens.
  enum Kept {
    case ids
    case idsAndEnds
    /// Only how many there were; the ids that were appended last are still there.
    case number
  }

  private(set) var count = 0
  private var capacity: Int
  private var idStorage: UnsafeMutablePointer<UInt32>
  private var endStorage: UnsafeMutablePointer<Int>?
  private let keepsTokens: Bool
  private var dropped = 0

  /// Makes a buffer that first has room for `capacity` tokens.
  init(_ kept: Kept = .ids, capacity: Int = 256) {
    self.capacity = max(capacity, 64)
    idStorage = .allocate(capacity: self.capacity)
    endStorage = kept == .idsAndEnds ? .allocate(capacity: self.capacity) : nil
    keepsTokens = kept != .number
  }

  deinit {
    idStorage.deallocate()
    endStorage?.deallocate()
  }

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

  /// How many tokens were appended, those that were not kept included.
  var total: Int { dropped + count }

  /// Whether ends are recorded.
  var recordsEnds: Bool { endStorage != nil }

  /// Makes room for `number` tokens more; what was appended before may be dropped if only the number is
  /// kept.
  @inline(__always)
  mutating func reserve(_ number: Int) {
    if count &+ number > capacity { makeRoom(number) }
  }

  /// Calls `body` with the place for up to `number` ids, whose ends must not be recorded; it moves the
  /// place behind the last that it writes.
  @inline(__always)
  mutating func append(
    upTo number: Int, _ body: (inout UnsafeMutablePointer<UInt32>) -> Void
  ) {
    reserve(number)
    var place = idStorage + count
    body(&place)
    count = place - idStorage
  }

  /// Appends ids whose ends are not recorded; there is room for them.
  @inline(__always)
  mutating func append(_ ids: UnsafeRawPointer, number: Int) {
    UnsafeMutableRawPointer(idStorage + count).copyMemory(from: ids, byteCount: number &* 4)
    count &+= number
  }

  @inline(__always)
  mutating func append(_ id: UInt32, endingAt end: Int) {
    if count == capacity { makeRoom(1) }
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

  @inline(never)
  private mutating func makeRoom(_ number: Int) {
    if !keepsTokens {
      dropped += count
      count = 0
    }
    var needed = capacity
    while needed < count + number { needed *= 2 }
    guard needed > capacity else { return }
    idStorage = Self.grown(idStorage, count: count, capacity: needed)
    endStorage = endStorage.map { Self.grown($0, count: count, capacity: needed) }
    capacity = needed
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
