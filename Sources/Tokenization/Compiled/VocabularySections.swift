internal import Bytes

/// The sections of a compiled vocabulary file, checked to lie inside it.
struct VocabularySections: @unchecked Sendable {
  // @unchecked: the memory behind the pointers is never written.
  let digest: Digest
  let tokenCount: Int
  let mergeCount: Int
  private let file: UnsafeRawBufferPointer
  private let source: String
  private let ranges: [(section: VocabularyFormat.Section, range: Range<Int>)]

  /// Checks header and section entries; touches no page of the sections.
  init(_ file: UnsafeRawBufferPointer, source: String) throws(VocabularyError) {
    func fail(_ message: String) -> VocabularyError {
      VocabularyError(source: source, message: message)
    }
    guard file.count >= VocabularyFormat.headerSize,
      file.starts(with: VocabularyFormat.magic)
    else { throw fail("not a compiled vocabulary") }
    let version = Self.integer(UInt32.self, in: file, at: 8)
    guard version == VocabularyFormat.version else {
      throw fail(
        "compiled vocabulary of format \(version), this cpc reads format "
          + "\(VocabularyFormat.version); build it again with `cpc vocabulary build`")
    }
    guard Self.integer(UInt64.self, in: file, at: 16) == UInt64(file.count) else {
      throw fail("truncated: the header states another size than \(file.count) bytes")
    }
    let sectionCount = Int(Self.integer(UInt32.self, in: file, at: 12))
    let tableEnd = VocabularyFormat.headerSize + sectionCount * VocabularyFormat.entrySize
    guard sectionCount <= 64, tableEnd <= file.count,
      let digest = Digest(bytes: Array(file[32..<64]))
    else { throw fail("damaged header") }
    tokenCount = Int(Self.integer(UInt32.self, in: file, at: 24))
    mergeCount = Int(Self.integer(UInt32.self, in: file, at: 28))
    self.digest = digest
    self.file = file
    self.source = source
    var ranges: [(section: VocabularyFormat.Section, range: Range<Int>)] = []
    for index in 0..<sectionCount {
      let entry = VocabularyFormat.headerSize + index * VocabularyFormat.entrySize
      let kind = Self.integer(UInt32.self, in: file, at: entry)
      let offset = Self.integer(UInt64.self, in: file, at: entry + 8)
      let length = Self.integer(UInt64.self, in: file, at: entry + 16)
      let (end, overflow) = offset.addingReportingOverflow(length)
      guard !overflow, end <= UInt64(file.count) else { throw fail("a section leaves the file") }
      guard let section = VocabularyFormat.Section(rawValue: kind) else { continue }
      ranges.append((section, Int(offset)..<Int(end)))
    }
    self.ranges = ranges
  }

  /// The bytes of a section.
  func bytes(
    of section: VocabularyFormat.Section
  ) throws(VocabularyError) -> UnsafeRawBufferPointer {
    guard let range = ranges.first(where: { $0.section == section })?.range else {
      throw VocabularyError(source: source, message: "section \(section) is missing")
    }
    return UnsafeRawBufferPointer(rebasing: file[range])
  }

  /// A section as an array of integers.
  func table<Element>(
    _ section: VocabularyFormat.Section
  ) throws(VocabularyError) -> VocabularyTable<Element> {
    guard let table = VocabularyTable<Element>(try bytes(of: section)) else {
      throw VocabularyError(source: source, message: "section \(section) has a wrong length")
    }
    return table
  }

  /// A little-endian integer; the caller has checked the bounds.
  private static func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, in file: UnsafeRawBufferPointer, at offset: Int
  ) -> Value {
    Value(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }
}
