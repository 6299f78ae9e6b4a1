internal import Bytes
internal import Glibc

/// Where the profiles, templates and vocabularies that ship with cpc are.
public struct DataFolder: Sendable {
  /// The folder; it holds `templates/` and `tokenizers/`.
  public let path: String

  /// Takes a folder that is known.
  public init(path: String) {
    self.path = path
  }

  /// Looks for the folder: what `CPC_DATA` names; `share/cpc` beside the folder of the program;
  /// a checkout of cpc that the program was built in, or that SwiftPM made for a package that depends
  /// on cpc; `share/cpc` of the user and of the system.
  ///
  /// - Throws: `CompilationError` that says where it looked.
  public static func located() throws(CompilationError) -> DataFolder {
    if let path = Environment.value("CPC_DATA") {
      guard isDataFolder(path) else {
        throw CompilationError(
          file: "CPC_DATA", message: "\(path) holds no templates and tokenizers")
      }
      return DataFolder(path: path)
    }
    for path in candidates() where isDataFolder(path) { return DataFolder(path: path) }
    throw CompilationError(
      file: "cpc",
      message:
        "cannot find its data: install it with `make install`, or set CPC_DATA to the folder "
        + "that holds templates/ and tokenizers/")
  }

  /// Where unpacked vocabularies are kept: `cpc` in `XDG_CACHE_HOME` or `~/.cache`; nil if there is
  /// neither.
  public static var cache: String? {
    if let folder = Environment.value("XDG_CACHE_HOME"), folder.hasPrefix("/") {
      return folder + "/cpc"
    }
    return Environment.value("HOME").map { $0 + "/.cache/cpc" }
  }

  private static func candidates() -> [String] {
    var candidates: [String] = []
    if let program = realpath("/proc/self/exe", nil) {
      defer { free(program) }
      var folder = Paths.folder(of: String(cString: program))
      candidates.append(Paths.folder(of: folder) + "/share/cpc")
      while folder.count > 1 {
        candidates += [folder, folder + "/checkouts/cpc"]
        folder = Paths.folder(of: folder)
      }
    }
    if let home = Environment.value("XDG_DATA_HOME") { candidates.append(home + "/cpc") }
    if let home = Environment.value("HOME") { candidates.append(home + "/.local/share/cpc") }
    return candidates + ["/usr/local/share/cpc", "/usr/share/cpc"]
  }

  private static func isDataFolder(_ path: String) -> Bool {
    Files.exists(path + "/tokenizers/manifest.json") && Files.exists(path + "/templates")
  }
}
