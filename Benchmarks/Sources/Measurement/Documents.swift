import Glibc

/// Returns the bytes of the file at `path`; nil if it cannot be read.
public func readFile(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&block, 1, block.count, file)
    if count == 0 { return ferror(file) == 0 ? bytes : nil }
    bytes.append(contentsOf: block[..<count])
  }
}

/// Returns the documents of a file, which a zero byte stands between; nil if it cannot be read.
public func readDocuments(_ path: String) -> [[UInt8]]? {
  readFile(path)?.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
}
