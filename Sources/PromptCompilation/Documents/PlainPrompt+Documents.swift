internal import Bytes
internal import OrderedJSON

extension PlainPrompt {
  /// Where in the tokens of this prompt the documents of its body stand: for each group the tokens before the
  /// first document, and those up to the end of each. Nil for a group of which the chat template changes a text.
  ///
  /// - Parameter body: the body of which this is the prompt.
  /// - Complexity: linear in the text.
  public func documentEnds(in body: RewrittenBody) -> [[Int]?] {
    var offset = 0
    return body.groups.map { group in
      var next = offset
      var bounds: [Int] = []
      for range in group.ranges {
        let spelled = Array(body.bytes[range.start..<range.end])
        guard let document = Self.decoded(spelled),
          let place = text.firstOffset(of: document, from: next)
        else { return nil }
        if bounds.isEmpty { bounds.append(place) }
        next = place + document.count
        bounds.append(next)
      }
      offset = next
      return bounds.map(tokenCount(before:))
    }
  }

  /// The text of a part of a JSON string.
  private static func decoded(_ spelled: [UInt8]) -> [UInt8]? {
    let quote = UInt8(ascii: "\"")
    let node = try? JSONParser.parse([quote] + spelled + [quote], loneSurrogates: .replaced)
    return node?.string?.bytes
  }

  /// The tokens that lie wholly before a byte.
  private func tokenCount(before offset: Int) -> Int {
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
