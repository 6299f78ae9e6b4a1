/// File paths as bytes. `String` compares by canonical equivalence and joins a slash with a combining
/// mark behind it, so that it takes two folders for one and one name for two.
public enum Paths {
  private static let slash = UInt8(ascii: "/")

  /// The folder of `path`: what stands before the last slash, `.` if there is none.
  public static func folder(of path: String) -> String {
    let bytes = Array(path.utf8)
    guard let last = bytes.lastIndex(of: slash) else { return "." }
    return last == 0 ? "/" : String(decoding: bytes[..<last], as: UTF8.self)
  }

  /// The last component of `path`.
  public static func name(of path: String) -> String {
    String(decoding: path.utf8.split(separator: slash).last ?? [], as: UTF8.self)
  }

  /// Whether `path` is a path down from a folder: relative, without `..` and without NUL.
  public static func leadsDown(_ path: String) -> Bool {
    guard let first = path.utf8.first, first != slash, !path.utf8.contains(0) else { return false }
    return !path.utf8.split(separator: slash).contains { $0.elementsEqual("..".utf8) }
  }

  /// Whether the absolute path `path` lies in the folder `folder`, both without links and `..`.
  public static func isInside(_ path: String, folder: String) -> Bool {
    var prefix = Array(folder.utf8)
    if prefix.last != slash { prefix.append(slash) }
    return path.utf8.starts(with: prefix)
  }
}
