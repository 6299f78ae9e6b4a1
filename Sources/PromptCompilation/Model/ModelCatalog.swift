public import Bytes

/// The models that a data folder has profiles of: `templates/NAME.json`.
public struct ModelCatalog: Sendable {
  /// The data folder.
  public let folder: DataFolder

  /// Takes a folder, or nil to look for it.
  ///
  /// - Throws: `CompilationError` that says where it looked.
  public init(in folder: DataFolder? = nil) throws(CompilationError) {
    if let folder {
      self.folder = folder
    } else {
      self.folder = try .located()
    }
  }

  /// Returns the profile of the model called `name`; nil if there is none.
  ///
  /// - Throws: `CompilationError` if it cannot be read.
  public func profile(of name: ByteString) throws(CompilationError) -> ModelProfile? {
    let path = "\(folder.path)/templates/\(name).json"
    guard Self.isName(name), Files.exists(path) else { return nil }
    do {
      return try ModelProfile(try Files.read(path), source: path)
    } catch let error as FileError {
      throw CompilationError(file: error.path, message: error.reason)
    } catch let error as CompilationError {
      throw error
    } catch {
      throw CompilationError(file: path, message: "\(error)")
    }
  }

  /// Returns the chat template of a model.
  ///
  /// - Throws: `CompilationError` if it cannot be read or compiled.
  public func template(of profile: ModelProfile) throws(CompilationError) -> ModelTemplate {
    try ModelTemplate(
      path: "\(folder.path)/templates/\(profile.templateFile)", name: profile.templateFile)
  }

  /// Whether `name` can be that of a profile: ASCII letters, digits, `-`, `.` and `_`, so that it
  /// leads out of no folder.
  private static func isName(_ name: ByteString) -> Bool {
    !name.isEmpty
      && name.bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
