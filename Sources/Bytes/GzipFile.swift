extension Files {
  /// Calls `body` with the parts of a file as `forEachChunk` does; a file that is packed with gzip, whatever
  /// its name, is unpacked.
  ///
  /// - Throws: `FileError` if the file cannot be read or is damaged, and what `body` throws.
  public static func forEachUnpackedChunk(
    of path: String, _ body: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    let name = path == "-" ? "<stdin>" : path
    var inflater: GzipInflater?
    // The first two bytes, which tell, may come one by one.
    var start: [UInt8]? = []
    func take(_ chunk: ArraySlice<UInt8>) throws {
      if let inflater { try inflater.unpack(chunk, body) } else { try body(chunk) }
    }
    try forEachChunk(of: path) { chunk in
      guard var first = start else { return try take(chunk) }
      first += chunk
      start = first
      guard first.count >= 2 else { return }
      start = nil
      if GzipInflater.isGzip(first) { inflater = try GzipInflater(path: name) }
      try take(first[...])
    }
    if let start, !start.isEmpty { try body(start[...]) }
    try inflater?.finish()
  }

  /// Calls `body` with each line of a file as `forEachLine` does; a file that is packed with gzip is
  /// unpacked.
  ///
  /// - Throws: `FileError` if the file cannot be read, is damaged or has a line longer than `limit` bytes,
  ///   and what `body` throws.
  public static func forEachUnpackedLine(
    of path: String, limit: Int = 1 << 28, _ body: (Int, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var splitter = LineSplitter(path: path, limit: limit)
    try forEachUnpackedChunk(of: path) { try splitter.take($0, body) }
    try splitter.finish(body)
  }
}
