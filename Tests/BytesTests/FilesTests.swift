import Bytes
import Glibc
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

  @Test func listsAFolderInTheOrderOfBytes() throws {
    try Command.withTemporaryFolder { folder in
      #expect(try Files.names(in: folder) == [])
      for name in ["b", "a", "ä", ".c", "B"] { try Files.makeFolder("\(folder)/\(name)") }
      #expect(try Files.names(in: folder) == [".c", "B", "a", "b", "ä"])
      #expect(throws: FileError.self) { try Files.names(in: folder + "/missing") }
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

  @Test func writesThroughLinksAndToDevicesAndNeverReplacesThem() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically(Array("old".utf8), to: folder + "/file")
      #expect(symlink("file", folder + "/link") == 0)
      try Files.writeAtomically(Array("new".utf8), to: folder + "/link")
      #expect(try Files.read(folder + "/file") == Array("new".utf8))
      var status = stat()
      #expect(lstat(folder + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
      #expect(chmod(folder + "/file", 0o600) == 0)
      try Files.writeAtomically(Array("newer".utf8), to: folder + "/link")
      #expect(stat(folder + "/file", &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(symlink("missing", folder + "/dangling") == 0)
      try Files.writeAtomically(Array("made".utf8), to: folder + "/dangling")
      #expect(try Files.read(folder + "/missing") == Array("made".utf8))
      try Files.writeAtomically(Array("gone".utf8), to: "/dev/null")
      #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
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
