public import Bytes

extension VocabularyCatalog {
  /// The beginnings of the names of models that people serve and whose vocabulary is in no package
  /// that cpc could pull.
  private static let unobtainable: [ByteString] = ["phi", "gemma", "kimi"]

  /// The error about a name that the manifest does not have: that there is none of that name, or that
  /// the vocabulary has to come from the user's own files, and what to do.
  public func unknownVocabulary(_ name: ByteString) -> VocabularyError {
    if Self.unobtainable.contains(where: { name.bytes.starts(with: $0.bytes) }) {
      return VocabularyError(
        source: name.string,
        message:
          "this vocabulary neither ships with cpc nor can be pulled: give the model's folder with "
          + "tokenizer.json, its ORG/NAME in the Hugging Face cache, or a .gguf file in place of the "
          + "name")
    }
    let known = manifest.vocabularies.map(\.name.string) + manifest.aliases.map(\.name.string)
    return VocabularyError(
      source: folder,
      message: "no vocabulary is called \(name); there are: \(known.joined(separator: ", "))")
  }
}
