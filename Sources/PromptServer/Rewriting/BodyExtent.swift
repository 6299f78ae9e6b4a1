internal import OrderedJSON

/// How many values a body may have of which a tree of nodes is made.
///
/// A node takes a hundred bytes and, as a message of a prompt, some hundreds more, where it may stand for two bytes of
/// the body. A request for a prompt has long texts, and so few values for its length: what has more is not read,
/// so that no body takes more than a small multiple of its length.
enum BodyExtent {
  /// The most values and names of any body.
  private static let values = 1 << 17
  /// Of how many bytes each may be one more.
  private static let bytesPerValue = 64

  /// The most values and names of a body of some length in bytes.
  private static func limit(_ length: Int, _ more: Int = 0) -> Int {
    values + length / bytesPerValue + more
  }

  /// Whether a tree may be made of a body.
  static func isReadable(_ body: [UInt8]) -> Bool {
    !JSONParser.hasMoreValues(than: limit(body.count), in: body)
  }

  /// Makes sure that a tree may be made of a body.
  ///
  /// - Parameter more: how many more values it may have than one with a prompt.
  static func check(_ body: [UInt8], more: Int = 0) throws(TooManyValues) {
    let limit = limit(body.count, more)
    guard !JSONParser.hasMoreValues(than: limit, in: body) else {
      throw TooManyValues(limit: limit)
    }
  }
}

/// A body that has more values than are read.
struct TooManyValues: Error, CustomStringConvertible {
  /// The most values and names that a body of its length may have.
  let limit: Int
  /// Why a body was passed on as it came, or not counted, in a word.
  static let reason = "too_many_values"

  var description: String {
    "the body has more than the \(limit) values that are read of a body of its length"
  }
}
