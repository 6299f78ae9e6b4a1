internal import Bytes

/// Under which label a content was first shown, so that the same content is always the same text in a
/// prompt.
///
/// Contents are kept in two generations: when the recent one is full, the older one is dropped; a
/// content that is asked for is recent again.
struct LabelTable: Sendable {
  private var recent: [BlockFingerprint: ByteString] = [:]
  private var older: [BlockFingerprint: ByteString] = [:]
  private let limit: Int

  /// Makes an empty table.
  ///
  /// - Parameter limit: the most contents, of about 150 bytes each.
  init(limit: Int = 1 << 18) {
    self.limit = max(limit, 2)
  }

  /// The label of a content; nil if it is not known.
  mutating func label(of content: BlockFingerprint) -> ByteString? {
    if let label = recent[content] { return label }
    guard let label = older[content] else { return nil }
    insert(label, for: content)
    return label
  }

  /// Notes the label of a content that has none yet.
  mutating func insert(_ label: ByteString, for content: BlockFingerprint) {
    guard recent[content] == nil else { return }
    let known = older.removeValue(forKey: content)
    if recent.count >= limit / 2 {
      older = recent
      recent = [:]
    }
    recent[content] = known ?? label
  }
}
