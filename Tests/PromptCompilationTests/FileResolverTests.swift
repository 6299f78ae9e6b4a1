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
