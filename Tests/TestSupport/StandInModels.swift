internal import Foundation

/// The models that cpc knows, where those whose vocabularies do not ship have one that does: for tests of templates,
/// which hold wherever they run.
public enum StandInModels {
  /// The folder with their data; nil if it cannot be made.
  public static let folder: String? = try? make()

  /// Whose profiles get Qwen3's vocabulary.
  private static let models = ["qwen3.5", "qwen3.6"]

  private static func make() throws -> String {
    let root = Shared.packageRoot
    let files = FileManager.default
    // Where the build is, so that nothing is left over; made anew by each process.
    let folder = URL(fileURLWithPath: "\(root)/.build/stand-in-models")
    try? files.removeItem(at: folder)
    let templates = folder.appendingPathComponent("templates")
    try files.createDirectory(at: templates, withIntermediateDirectories: true)
    for name in ["tokenizers", "prices"] {
      try files.createSymbolicLink(
        atPath: folder.appendingPathComponent(name).path, withDestinationPath: "\(root)/\(name)")
    }
    for name in try files.contentsOfDirectory(atPath: "\(root)/templates") {
      let (source, place) = ("\(root)/templates/\(name)", templates.appendingPathComponent(name))
      if models.contains(where: { "\($0).json" == name }) {
        let profile = try String(contentsOfFile: source, encoding: .utf8)
        let other = profile.replacing(
          "\"vocabulary\": \"qwen3.5\"", with: "\"vocabulary\": \"qwen3\"")
        try other.write(to: place, atomically: true, encoding: .utf8)
      } else {
        try files.createSymbolicLink(atPath: place.path, withDestinationPath: source)
      }
    }
    return folder.path
  }
}
