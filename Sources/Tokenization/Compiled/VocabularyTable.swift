internal import CVector

/// An array of little-endian integers inside a mapped vocabulary.
///
/// Invariant: `base` points to `count` integers that live as long as the vocabulary that made the
/// table; every access is checked against `count`.
struct VocabularyTable<Element: FixedWidthInteger & Sendable>: @unchecked Sendable {
  // @unchecked: the memory behind the pointer is never written.
  private let base: UnsafeRawPointer
  let count: Int

  /// Makes a table of the bytes of a section; nil if they are not whole integers.
  init?(_ bytes: UnsafeRawBufferPointer) {
    let size = MemoryLayout<Element>.size
    guard let base = bytes.baseAddress, bytes.count % size == 0 else { return nil }
    self.base = base
    count = bytes.count / size
  }

  /// The element at `index`, or nil if there is none.
  @inline(__always)
  subscript(index: Int) -> Element? {
    guard UInt(bitPattern: index) < UInt(bitPattern: count) else { return nil }
    let value = base.loadUnaligned(
      fromByteOffset: index &* MemoryLayout<Element>.size, as: Element.self)
    return Element(littleEndian: value)
  }

  /// The element at `index & mask`, `mask` being that of the table, so that it is one of the table's.
  @inline(__always)
  func element(at index: Int, mask: Int) -> Element {
    let value = base.loadUnaligned(
      fromByteOffset: (index & mask) &* MemoryLayout<Element>.size, as: Element.self)
    return Element(littleEndian: value)
  }

  /// Asks for the memory of the element at `index`, which is going to be read.
  @inline(__always)
  func prefetch(_ index: Int) {
    cvector_prefetch(base + index &* MemoryLayout<Element>.size)
  }

  /// `count - 1` if `count` is a power of two, so that `hash & mask` is always an index.
  var mask: Int? {
    count > 0 && count & (count - 1) == 0 ? count - 1 : nil
  }
}
