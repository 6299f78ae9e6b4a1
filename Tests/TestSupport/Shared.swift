internal import Foundation

/// Where tests find what lies outside the package.
public enum Shared {
  /// The root of the package.
  public static let packageRoot: String = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.standardizedFileURL.path
  }()

  /// The folder `shared` beside the package, with reference data that is not part of the project;
  /// nil where there is none.
  public static let folder: String? = {
    let path = packageRoot + "/../shared"
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? path : nil
  }()

  /// The folder with the chat-template oracle; nil where there is none.
  public static var oracle: String? {
    folder.map { $0 + "/oracle" }
  }
}
