/// Finds the word that a misspelt one was meant to be.
enum Suggestion {
  /// Returns the nearest of `words` if it is near enough to be meant: at most a third of the letters
  /// differ by insertion, deletion, replacement or exchange of neighbours.
  static func nearest(to word: String, in words: [String]) -> String? {
    let distances = words.map { (word: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, word.utf8.count / 3) ? best.word : nil
  }

  /// The distance of Damerau and Levenshtein, restricted to neighbours.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard left.count <= 64 else { return .max }
    var rows = [Array(0...right.count)]
    for i in 1..<(left.count + 1) {
      var row = [i]
      for j in 1..<(right.count + 1) {
        let cost = left[i - 1] == right[j - 1] ? 0 : 1
        var value = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          value = min(value, rows[i - 2][j - 2] + 1)
        }
        row.append(value)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
