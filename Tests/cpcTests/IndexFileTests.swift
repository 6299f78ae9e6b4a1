import Bytes
import Foundation
import OrderedJSON
import TestSupport
import Testing

/// What can happen to the file of an index: processes that are killed or run beside each other, disks that
/// are full, and folders that cannot be written to.
@Suite struct IndexFileTests {
  private static func sequences(_ path: String) throws -> Int {
    let result = try Command.cpc("index", "stats", "--format", "json", path)
    #expect(result.status == 0, "\(result.errors)")
    let keys = try JSONParser.parse(Array(result.output.utf8))["keys"]?.elements ?? []
    return keys.reduce(0) { $0 + ($1["sequences"]?.integer ?? 0) }
  }

  /// A spec of its own for each number; one block is common to all.
  private static func spec(_ number: Int) -> String {
    #"{"cpc":1,"query":"Q","blocks":[{"id":"all","text":"All."},"#
      + #"{"id":"b\#(number)","text":"Text \#(number)."}]}"#
  }

  private static let compile = ["compile", "-", "--model", "qwen3", "--index"]

  @Test("a process that is killed at any moment loses its own request at most")
  func survivesKills() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/i.db"
      var written = 0
      for round in 0..<20 {
        try Files.writeAtomically(Array(Self.spec(2 * round).utf8), to: folder + "/killed.json")
        let killed = Process()
        killed.executableURL = URL(fileURLWithPath: Command.binary)
        killed.arguments = [
          "compile", folder + "/killed.json", "--model", "qwen3", "--index", path, "--output",
          folder + "/out",
        ]
        try killed.run()
        // From before the index is opened to behind its last change.
        Thread.sleep(forTimeInterval: Double(round) * 0.006)
        kill(killed.processIdentifier, SIGKILL)
        killed.waitUntilExit()
        let result = try Command.run(Self.compile + [path], input: Self.spec(2 * round + 1))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors == "")
        written += 1
        let count = try Self.sequences(path)
        #expect(count >= written)
        #expect(count <= 2 * written)
      }
    }
  }

  @Test("processes that run at once make one file and lose nothing")
  func runsBesideOthers() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/i.db"
      let count = 12
      DispatchQueue.concurrentPerform(iterations: count) { number in
        let input = Self.spec(number)
        let result = try? Command.run(Self.compile + [path], input: input)
        #expect(result?.status == 0)
        #expect(result?.errors == "")
      }
      let recorded = try Self.sequences(path)
      #expect(recorded == count)
    }
  }

  @Test("a user that may only read it uses an index, with a warning")
  func readsOnly() throws {
    try Command.withTemporaryFolder { folder in
      let path = folder + "/i.db"
      _ = try CompileIndexTests.compile(1, index: path)
      let before = try Files.read(path)
      // Where the tests run as root, who may write to every file, the command runs as nobody.
      // The folder of the build may be closed to others, so that the command does not find its data from where it is.
      let user =
        getuid() == 0
        ? "CPC_DATA=\"$PWD\" setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
      guard try Command.shell(user + "$CPC --version").status == 0 else {
        print("skipped: no other user can run the command here")
        return
      }
      let result = try Command.shell(
        "chmod 444 \(path); chmod 555 \(folder); "
          + user + "$CPC compile Fixtures/quickstart/spec-2.json --index \(path) --explain; "
          + "echo $?; chmod 755 \(folder)")
      #expect(result.output.hasSuffix("}\n0\n"))
      #expect(
        result.errors.hasPrefix("\(path): warning: cannot be written to, nothing is recorded: "))
      #expect(result.errors.contains("3 of 4 blocks\n"))
      #expect(try Files.read(path) == before)
    }
  }

  @Test("a full disk costs the record and not the prompt")
  func survivesFullDisks() throws {
    try Command.withTemporaryFolder { folder in
      let mount = "mount -t tmpfs -o size=400k none \(folder)"
      guard try Command.shell("unshare -m sh -c '\(mount)'").status == 0 else {
        print("skipped: no small disk can be made here")
        return
      }
      let compile = "$CPC compile --model qwen3 --index \(folder)/i.db Fixtures/quickstart/spec-"
      let result = try Command.shell(
        "unshare -m sh -c '\(mount); \(compile)1.json > /dev/null; "
          + "dd if=/dev/zero of=\(folder)/fill bs=1k 2> /dev/null; "
          + "\(compile)2.json; rm \(folder)/fill; $CPC index stats \(folder)/i.db; "
          + "\(compile)2.json > /dev/null; $CPC index stats \(folder)/i.db'")
      #expect(result.status == 0)
      let lines = result.output.split(separator: "\n")
      #expect(lines.first?.hasPrefix(#"{"model":"qwen3","messages":"#) ?? false)
      #expect(
        lines.filter { $0.hasPrefix("qwen3  ") }.compactMap {
          $0.split(separator: " ").dropFirst().first
        } == ["1", "2"])
      #expect(
        result.errors
          == "\(folder)/i.db: warning: no space is left on its disk, nothing is recorded: "
          + "make room, or give a path on another disk\n")
    }
  }
}
