extension ReferenceWording {
  /// Whether something in a text is a reference, would be taken for one, or is escaped so that it is not.
  ///
  /// Folding a text without mentions gives one without mentions, or references; folding one with mentions
  /// gives one with mentions.
  ///
  /// - Complexity: linear.
  public func isMentioned(in text: [UInt8]) -> Bool {
    !ReferenceMarks(self).escaped(text).insertions.isEmpty
  }
}
