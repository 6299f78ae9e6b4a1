internal import Bytes

/// Finds the documents in a text. What can be read in two ways is not found.
struct DocumentFinder {
  let settings: DocumentSettings

  init(_ settings: DocumentSettings) {
    self.settings = settings
  }

  /// Returns the groups of documents in a text, from its beginning on.
  ///
  /// - Parameter speaker: whose text it is. The last document of a tool result ends where that ends; in other
  ///   texts a question may follow.
  /// - Complexity: linear.
  func groups(in text: [UInt8], of speaker: TextOwner.Speaker) -> [DocumentGroup] {
    guard settings.covers(speaker) else { return [] }
    let isResult = speaker == .tool
    let found: [DocumentGroup]
    switch settings.mode {
    case .xmlTag: found = tagged(text)
    case .numbered: found = numbered(text, isResult)
    case .jsonResults: found = isResult ? results(text) : []
    case .separator: found = separated(text, isResult)
    case .markdownHeader: found = headed(text, isResult)
    case .auto:
      let results = isResult ? results(text) : []
      let tagged = results.isEmpty ? tagged(text) : results
      found = tagged.isEmpty ? numbered(text, isResult) : tagged
    }
    let isSound = found.allSatisfy { $0.isSound(in: text) }
    let isApart = zip(found, found.dropFirst()).allSatisfy { left, right in
      (left.lineOffset ?? left.documents.last?.end ?? 0) <= (right.documents.first?.start ?? 0)
    }
    return isSound && isApart ? found : []
  }

  private func tagged(_ text: [UInt8]) -> [DocumentGroup] {
    TaggedDocuments(tag: settings.tag).groups(in: text)
  }

  private func results(_ text: [UInt8]) -> [DocumentGroup] {
    ResultDocuments.group(in: text).map { [$0] } ?? []
  }

  private func numbered(_ text: [UInt8], _ isResult: Bool) -> [DocumentGroup] {
    NumberedDocuments.group(in: text, isResult: isResult).map { [$0] } ?? []
  }

  private func headed(_ text: [UInt8], _ isResult: Bool) -> [DocumentGroup] {
    SectionDocuments.group(in: text, isResult: isResult).map { [$0] } ?? []
  }

  private func separated(_ text: [UInt8], _ isResult: Bool) -> [DocumentGroup] {
    let usual: [ByteString] = ["---", "==="]
    let separators = settings.separator.map { [$0] } ?? usual
    for separator in separators {
      if let group = SeparatedDocuments(separator: separator).group(in: text, isResult: isResult) {
        return [group]
      }
    }
    return []
  }
}
