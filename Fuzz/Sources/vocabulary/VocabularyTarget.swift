import Bytes
import FuzzSupport
import Tokenization

/// A compiled vocabulary in memory: what damaged files are made from.
private let compiled: [UInt8] =
  (try? VocabularyCompiler.compile(toyVocabulary, source: "fuzz")) ?? []

/// A damaged compiled file is refused or gives wrong tokens; no access leaves it.
///
/// An input whose first byte is even is the file. Of another input every four bytes behind the first
/// are a change to a file that is whole: two bytes say where, one how, one is the value.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  require(!compiled.isEmpty, "the toy vocabulary does not compile")
  let input = bytes(start, count)
  guard let mode = input.first else { return 0 }
  let file = mode & 1 == 0 ? Array(input.dropFirst()) : damaged(compiled, by: input.dropFirst())
  if let vocabulary = try? Vocabulary(bytes: file, source: "fuzz") {
    _ = vocabulary.verify()
    exercise(vocabulary)
  }
  // Models that share a file bring their configuration, and do not read that of the file.
  let given = NamedConfiguration(name: "fuzz", configuration: toyVocabulary.configuration)
  if let vocabulary = try? Vocabulary(bytes: file, source: "fuzz", configuration: given) {
    exercise(vocabulary)
  }
  return 0
}

private func damaged(_ file: [UInt8], by changes: ArraySlice<UInt8>) -> [UInt8] {
  var file = file
  var rest = changes
  while rest.count >= 4, !file.isEmpty {
    let change = Array(rest.prefix(4))
    rest = rest.dropFirst(4)
    let place = (Int(change[0]) << 8 | Int(change[1])) % file.count
    switch change[2] % 8 {
    case 0: file.removeLast(min(file.count, Int(change[3]) + 1))
    case 1: file.append(contentsOf: repeatElement(change[3], count: 64))
    case 2: for index in place..<min(place + 8, file.count) { file[index] = change[3] }
    case 3: file[place] &+= 1
    case 4: file[place] &-= 1
    // The header and the section entries decide most.
    case 5: file[place % min(file.count, 256)] = change[3]
    default: file[place] = change[3]
    }
  }
  return file
}
