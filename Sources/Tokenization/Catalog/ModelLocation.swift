public import Bytes

/// Where the files of a user's model are.
public enum ModelLocation: Hashable, Sendable {
  /// A folder in the layout of Hugging Face.
  case folder(path: String)
  /// A GGUF file.
  case gguf(path: String)

  /// Finds the model that `name` leads to: a folder, a `.gguf` file, or `ORG/NAME` in the cache of
  /// Hugging Face, in this order. What is in the folder is not looked at.
  ///
  /// - Parameter cache: where `ORG/NAME` is looked up.
  /// - Returns: nil if `name` is neither a folder nor a path nor `ORG/NAME`.
  /// - Throws: `VocabularyError` that says where it looked, if nothing is there.
  public static func named(
    _ name: ByteString, cache: HuggingFaceCache? = .located()
  ) throws(VocabularyError) -> ModelLocation? {
    guard !name.isEmpty, !name.bytes.contains(0) else { return nil }
    let path = name.string
    // A folder has an entry for itself, a file has none.
    if Files.exists(path + "/.") { return .folder(path: path) }
    if name.bytes.suffix(5).elementsEqual(".gguf".utf8) { return .gguf(path: path) }
    guard name.bytes.contains(UInt8(ascii: "/")) else { return nil }
    guard !Files.exists(path) else {
      throw VocabularyError(source: path, message: "not a folder and not a .gguf file")
    }
    guard HuggingFaceCache.isRepository(name) else {
      throw VocabularyError(source: path, message: "there is no such folder or file")
    }
    guard let cache else {
      throw VocabularyError(
        source: path, message: "no such folder, and no Hugging Face cache: set HOME or HF_HOME")
    }
    guard let snapshot = try cache.snapshot(of: name) else {
      throw VocabularyError(
        source: path,
        message: "no such folder, and not in \(cache.folder): run `hf download \(name)`")
    }
    return .folder(path: snapshot)
  }
}
