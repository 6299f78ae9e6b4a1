import Bytes
import TestSupport
import Testing

@Suite struct FilesTests {
  @Test func readsWhatItWroteAndLeavesNothingElse() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/a/b/file"
      try Files.makeFolder(folder + "/a/b")
      try Files.writeAtomically(Array("first".utf8), to: path)
      try Files.writeAtomically(Array("second".utf8), to: path)
      #expect(try Files.read(path) == Array("second".utf8))
      let mapped = try MappedFile(path: path)
      #expect(mapped.withBytes { $0.elementsEqual("second".utf8) })
    }
  }

  @Test func namesTheFileInItsErrors() throws {
    try Command.withTemporaryFolder { folder in
      #expect(throws: FileError.self) { try Files.read(folder + "/missing") }
      #expect(throws: FileError.self) { try Files.read(folder) }
      #expect(throws: FileError.self) { try MappedFile(path: folder) }
      try Files.writeAtomically(Array("12345".utf8), to: folder + "/long")
      let error = #expect(throws: FileError.self) { try Files.read(folder + "/long", limit: 4) }
      #expect(error?.description == "\(folder)/long: error: longer than the limit of 4 bytes")
    }
  }

  @Test func mapsAnEmptyFile() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically([], to: folder + "/empty")
      let mapped = try MappedFile(path: folder + "/empty")
      #expect(mapped.withBytes { $0.isEmpty })
    }
  }
}
