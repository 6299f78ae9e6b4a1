internal import Bytes
internal import ContextIndex
internal import OrderedJSON

/// Which documents each turn of a conversation showed, so that later turns need not show them again.
///
/// A turn is known by the id of its request and names the one before it: nothing is guessed from contents. A
/// turn that was given up is not referred to any more.
struct DocumentTurns {
  private struct Turn {
    var parent: ByteString?
    var number: Int
    var documents: Set<BlockFingerprint>
    var use: UInt64
  }

  /// What a turn shows, and what it refers to.
  struct Result {
    var original: [ContextDocument] = []
    var overlapping: [ContextDocument] = []
    var new: [ContextDocument] = []
    var hints: [[UInt8]] = []
    var isNewConversation = true
  }

  /// What stands for a document if the caller says nothing else.
  static let hintTemplate = Array("Please refer to [Doc {doc_id}] from turn {turn_number}.".utf8)

  private var turns: [ByteString: Turn] = [:]
  private var uses: UInt64 = 0
  private let limit: Int

  /// - Parameter limit: how many turns are remembered; the least recently used ones are forgotten.
  init(limit: Int) {
    self.limit = limit
  }

  /// How many turns are remembered.
  var count: Int { turns.count }

  /// Adds a turn.
  ///
  /// - Parameters:
  ///   - parent: the id of the turn before it; one that is not known begins a conversation.
  ///   - template: what stands for a document, with `{doc_id}` and `{turn_number}`.
  mutating func add(
    _ id: ByteString, _ documents: [ContextDocument], after parent: ByteString?,
    template: [UInt8] = Self.hintTemplate
  ) -> Result {
    let shown = shown(before: parent)
    var result = Result(original: documents, isNewConversation: shown == nil)
    for document in documents {
      if let number = shown?.turnOf[document.fingerprint] {
        result.overlapping.append(document)
        result.hints.append(Self.hint(template, document, number))
      } else {
        result.new.append(document)
      }
    }
    uses += 1
    turns[id] = Turn(
      parent: shown == nil ? nil : parent, number: (shown?.turns ?? 0) + 1,
      documents: Set(documents.map(\.fingerprint)), use: uses)
    forgetOldest()
    return result
  }

  /// Forgets a turn: those behind it begin anew.
  ///
  /// - Returns: whether it was known.
  mutating func remove(_ id: ByteString) -> Bool {
    turns.removeValue(forKey: id) != nil
  }

  /// In which turn each document was shown first, up to the turn `parent`; nil if that is not known.
  private mutating func shown(
    before parent: ByteString?
  ) -> (turnOf: [BlockFingerprint: Int], turns: Int)? {
    guard let parent, let last = turns[parent] else { return nil }
    var turnOf: [BlockFingerprint: Int] = [:]
    var current: ByteString? = parent
    uses += 1
    // From the last turn back: an earlier one takes the place of a later one.
    while let id = current, let turn = turns[id] {
      for document in turn.documents { turnOf[document] = turn.number }
      turns[id]?.use = uses
      current = turn.parent
    }
    return (turnOf, last.number)
  }

  private mutating func forgetOldest() {
    // Many at once, so that a full table costs little a turn.
    guard turns.count > limit else { return }
    let kept = turns.values.map(\.use).sorted()[turns.count - limit * 3 / 4]
    turns = turns.filter { $0.value.use >= kept }
  }

  private static func hint(
    _ template: [UInt8], _ document: ContextDocument, _ turn: Int
  ) -> [UInt8] {
    let text = String(decoding: template, as: UTF8.self)
    let number = text.replacing("{turn_number}", with: String(turn))
    return Array(
      number.replacing("{doc_id}", with: String(decoding: document.name, as: UTF8.self)).utf8)
  }
}
