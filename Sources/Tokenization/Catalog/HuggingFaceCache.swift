public import Bytes

/// The folder that Hugging Face's own tools download models to.
public struct HuggingFaceCache: Sendable {
  /// The folder that holds `models--ORG--NAME`.
  public let folder: String

  /// Takes a folder that is known.
  public init(folder: String) {
    self.folder = folder
  }

  /// The folder of the user: what `HF_HUB_CACHE` names; `hub` in what `HF_HOME` names, in
  /// `huggingface` of `XDG_CACHE_HOME`, or in `~/.cache/huggingface`; nil if none of these is set.
  public static func located() -> HuggingFaceCache? {
    if let path = Environment.value("HF_HUB_CACHE") { return HuggingFaceCache(folder: path) }
    if let path = Environment.value("HF_HOME") { return HuggingFaceCache(folder: path + "/hub") }
    let cache =
      Environment.value("XDG_CACHE_HOME") ?? Environment.value("HOME").map { $0 + "/.cache" }
    return cache.map { HuggingFaceCache(folder: $0 + "/huggingface/hub") }
  }

  /// Whether `name` has the form `ORG/NAME`: two parts of ASCII letters, digits, `-`, `_` and `.`,
  /// neither of which begins with a dot.
  public static func isRepository(_ name: ByteString) -> Bool {
    let parts = name.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy(isPlainName)
  }

  /// Returns the folder of the revision of `repository` that was downloaded last from its main
  /// branch; nil if there is none.
  ///
  /// - Throws: `VocabularyError` if the file that names the revision does not hold one.
  public func snapshot(of repository: ByteString) throws(VocabularyError) -> String? {
    guard Self.isRepository(repository) else { return nil }
    let parts = repository.string.split(separator: "/")
    let model = "\(folder)/models--\(parts.joined(separator: "--"))"
    let reference = model + "/refs/main"
    guard Files.exists(reference) else { return nil }
    let content: [UInt8]
    do {
      content = try Files.read(reference, limit: 4096)
    } catch {
      throw VocabularyError(source: error.path, message: error.reason)
    }
    let revision = content.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    guard revision.count == 1, Self.isPlainName(revision[0]) else {
      throw VocabularyError(source: reference, message: "holds no revision")
    }
    return "\(model)/snapshots/\(String(decoding: revision[0], as: UTF8.self))"
  }

  private static func isPlainName(_ name: ArraySlice<UInt8>) -> Bool {
    guard name.count <= 128, name.first.map({ $0 != UInt8(ascii: ".") }) ?? false else {
      return false
    }
    return name.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
  }
}
