import Bytes
import ContextIndex
import ContextStore
import Foundation
import TestSupport
import Testing

/// Files that are no index, or are not whole: each gives its own error, and is left as it is.
@Suite struct StoreFaultTests {
  private static func kind(
    _ path: String, _ access: ContextStore.Access = .recording
  ) -> ContextStoreError.Kind? {
    do {
      let store = try ContextStore(path: path, access)
      try store.load(IndexKey(model: "m"))
      _ = try store.keys()
      return nil
    } catch {
      #expect(error.description.hasPrefix(path + ": error: "))
      return error.kind
    }
  }

  /// A file with some sequences; no process has it open.
  private static func fill(_ scenario: StoreScenario) throws {
    let store = try scenario.open()
    for block in 0..<200 as Range<UInt64> {
      store.index.record(
        scenario.request((block..<(block + 30)).map { $0 }), order: Array(0..<30), at: block)
    }
    try store.save()
  }

  @Test("a file that is not there is made by recording only")
  func missing() throws {
    try StoreScenario.run { scenario in
      #expect(Self.kind(scenario.path, .reading) == .missing)
      #expect(Self.kind(scenario.path + "/no/folder") == .unreadable)
      #expect(Self.kind(Paths.folder(of: scenario.path)) == .unreadable)
      #expect(Self.kind(scenario.path) == nil)
      #expect(Self.kind(scenario.path, .reading) == nil)
    }
  }

  @Test("an empty file becomes an index")
  func empty() throws {
    try StoreScenario.run { scenario in
      try Files.writeAtomically([], to: scenario.path)
      #expect(Self.kind(scenario.path) == nil)
      #expect(try Files.read(scenario.path).count > 0)
    }
  }

  @Test("another kind of file is left as it is")
  func foreign() throws {
    try StoreScenario.run { scenario in
      let text = Array(String(repeating: "This is a text. ", count: 100).utf8)
      try Files.writeAtomically(text, to: scenario.path)
      #expect(Self.kind(scenario.path) == .foreign)
      #expect(try Files.read(scenario.path) == text)
    }
  }

  @Test("a database of another program, and a newer format, are left as they are")
  func foreignDatabase() throws {
    try StoreScenario.run { scenario in
      try Self.fill(scenario)
      let whole = try Files.read(scenario.path)
      // The header's fields: 60 the user version, 68 the application's number.
      for (offset, kind) in [(63, ContextStoreError.Kind.newerFormat(9)), (68, .foreign)] {
        var changed = whole
        changed[offset] = 9
        try Files.writeAtomically(changed, to: scenario.path)
        #expect(Self.kind(scenario.path) == kind)
        #expect(try Files.read(scenario.path) == changed)
      }
    }
  }

  @Test("a file that is cut off, or overwritten, is damaged")
  func damaged() throws {
    try StoreScenario.run { scenario in
      try Self.fill(scenario)
      let whole = try Files.read(scenario.path)
      #expect(whole.count > 16 * 4096)
      for length in [10 * 4096, 4096, 5000, 200] {
        try Files.writeAtomically(Array(whole.prefix(length)), to: scenario.path)
        let kind = Self.kind(scenario.path)
        #expect(
          kind == .damaged || kind == .foreign, "\(length) bytes: \(String(describing: kind))")
        #expect(try Files.read(scenario.path).count == length)
      }
      var random = SystemRandomNumberGenerator()
      for round in 0..<100 {
        var changed = whole
        let count = round.isMultiple(of: 8) ? 3000 : Int.random(in: 1...16, using: &random)
        let start = Int.random(in: 0..<(whole.count - count), using: &random)
        for offset in start..<(start + count) { changed[offset] = UInt8.random(in: 0...255) }
        try Files.writeAtomically(changed, to: scenario.path)
        // What is overwritten may also stand in no row's way; it never traps.
        _ = Self.kind(scenario.path)
      }
    }
  }

  @Test("a file that can only be read is used, and nothing is recorded")
  func readOnly() throws {
    try StoreScenario.run { scenario in
      try Self.fill(scenario)
      let folder = Paths.folder(of: scenario.path)
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: scenario.path)
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
      defer {
        try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
      }
      guard !FileManager.default.isWritableFile(atPath: scenario.path) else {
        print("skipped: this user may write to every file")
        return
      }
      let store = try scenario.open()
      #expect(store.obstacle?.kind == .readOnly)
      #expect(store.index.arrange(scenario.request([199, 200])).cachedBlocks == 2)
      #expect(throws: ContextStoreError.self) { try scenario.send([1], to: store) }
    }
  }
}
