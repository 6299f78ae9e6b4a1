import Bytes
import Foundation
import PromptCompilation
import TestSupport
import Testing

@Suite struct FileResolverTests {
  @Test func readsFilesInTheFolderAndNoneOutside() throws {
    try Command.withTemporaryFolder { folder in
      try Files.makeFolder(folder + "/spec/inner")
      try Files.writeAtomically(Array("inside".utf8), to: folder + "/spec/inner/a.txt")
      try Files.writeAtomically(Array("secret".utf8), to: folder + "/secret.txt")
      let manager = FileManager.default
      try manager.createSymbolicLink(
        atPath: folder + "/spec/out", withDestinationPath: "../secret.txt")
      try manager.createSymbolicLink(
        atPath: folder + "/spec/in", withDestinationPath: "inner/a.txt")
      try manager.createSymbolicLink(
        atPath: folder + "/spec/device", withDestinationPath: "/dev/zero")
      #expect(mkfifo(folder + "/spec/pipe", 0o600) == 0)
      let files = FileResolver(folder: folder + "/spec")
      #expect(try files.read("inner/a.txt") == Array("inside".utf8))
      #expect(try files.read("./inner/a.txt") == Array("inside".utf8))
      #expect(try files.read("in") == Array("inside".utf8))
      for path in [
        "../secret.txt", "inner/../../secret.txt", folder + "/secret.txt", "out", "device", "pipe",
        "inner", "missing", "", "..", "/etc/passwd",
      ] {
        #expect(throws: FileError.self, "\(path)") { try files.read(path) }
      }
    }
  }

  /// Folders whose names are canonically equivalent are two folders.
  @Test func comparesPathsByBytes() throws {
    try Command.withTemporaryFolder { folder in
      let composed = folder + "/caf\u{E9}"
      let decomposed = folder + "/cafe\u{301}"
      for path in [composed, decomposed] { try Files.makeFolder(path) }
      try Files.writeAtomically(Array("secret".utf8), to: decomposed + "/secret.txt")
      try Files.writeAtomically(Array("own".utf8), to: composed + "/\u{338}x.txt")
      #expect(symlink("../cafe\u{301}/secret.txt", composed + "/link") == 0)
      let files = FileResolver(folder: composed)
      #expect(throws: FileError.self) { try files.read("link") }
      #expect(try files.read("\u{338}x.txt") == Array("own".utf8))
      #expect(throws: FileError.self) { try files.read("\u{338}x.txt\u{0}.md") }
    }
  }

  @Test func aSpecReportsWhichFileIsMissing() throws {
    let error = #expect(throws: CompilationError.self) {
      try Spec.parse(
        #"{"cpc":1,"blocks":[{"file":"no/such.md"}]}"#,
        files: FileResolver(folder: Shared.packageRoot))
    }
    #expect(
      error?.description.hasPrefix("spec.json:1:28: error: file \"no/such.md\": cannot open")
        == true)
  }

  @Test func aSpecReportsFilesThatAreNotUTF8() throws {
    try Command.withTemporaryFolder { folder in
      try Files.writeAtomically([0x61, 0xFF], to: folder + "/bad")
      let error = #expect(throws: CompilationError.self) {
        try Spec.parse(
          #"{"cpc":1,"blocks":[{"file":"bad"}]}"#, files: FileResolver(folder: folder))
      }
      #expect(error?.description.contains("is not UTF-8 at byte 1") == true)
    }
  }
}
