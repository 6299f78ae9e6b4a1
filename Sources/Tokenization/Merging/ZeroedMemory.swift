internal import Glibc

/// Memory that is zero at first and given back at the end; large memory in large pages, so that touching it
/// for the first time costs little.
///
/// Invariant: `base` points to `byteCount` bytes at a multiple of 64.
final class ZeroedMemory {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedCount: Int

  private static let largePage = 1 << 21
  /// From how many bytes on memory in small pages is taken as a whole: what grows that far is filled soon.
  private static let populated = 1 << 17

  /// Takes `byteCount` bytes, at least one; nil if memory runs out.
  init?(byteCount: Int) {
    let alignment = byteCount >= Self.largePage ? Self.largePage : 0
    let count = byteCount + alignment
    // One system call is faster than a page fault for each 4 KiB.
    let isFilledSoon = alignment == 0 && byteCount >= Self.populated
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | (isFilledSoon ? MAP_POPULATE : 0)
    let mapping = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { return nil }
    self.mapping = mapping
    self.byteCount = byteCount
    mappedCount = count
    if alignment > 0 {
      let address = Int(bitPattern: mapping)
      base = mapping + ((address + alignment - 1) & ~(alignment - 1) - address)
      // Only a hint: without large pages it is slower and the same.
      madvise(base, byteCount, MADV_HUGEPAGE)
    } else {
      base = mapping
    }
  }

  deinit {
    munmap(mapping, mappedCount)
  }
}
