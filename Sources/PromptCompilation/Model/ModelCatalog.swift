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

  /// Reads all profiles, in the order of their names.
  ///
  /// - Throws: `CompilationError` if one cannot be read.
  public func profiles() throws(CompilationError) -> [ModelProfile] {
    let suffix = Array(".json".utf8)
    let files: [String]
    do {
      files = try Files.names(in: "\(folder.path)/templates")
    } catch {
      throw CompilationError(file: error.path, message: error.reason)
    }
    var profiles: [ModelProfile] = []
    for file in files where file.utf8.suffix(suffix.count).elementsEqual(suffix) {
      let name = ByteString(file.utf8.dropLast(suffix.count))
      if Self.isName(name) { profiles.append(try read(name)) }
    }
    return profiles.sorted { $0.name < $1.name }
  }

  /// Returns the profile of the model called `name`: that of this name, or else the one that has it as
  /// an alias. Nil if there is none.
  ///
  /// - Throws: `CompilationError` if a profile cannot be read.
  public func profile(of name: ByteString) throws(CompilationError) -> ModelProfile? {
    guard Self.isName(name) else { return nil }
    if Files.exists(path(ofProfile: name)) { return try read(name) }
    return try profiles().first { $0.aliases.contains(name) }
  }

  /// Returns the chat template of a model.
  ///
  /// - Throws: `CompilationError` if it cannot be read or compiled.
  public func template(of profile: ModelProfile) throws(CompilationError) -> ModelTemplate {
    guard let file = profile.templateFile else {
      throw CompilationError(file: profile.name.string, message: "the profile names no template")
    }
    return try ModelTemplate(path: "\(folder.path)/templates/\(file)", name: file)
  }

  /// The error about a name that no model has: the nearest that there is, and all that there are.
  func unknownModel(_ name: ByteString) throws(CompilationError) -> CompilationError {
    let profiles = try profiles()
    let names = profiles.flatMap { [$0.name] + $0.aliases }.map(\.string)
    let hint = Suggestion.nearest(to: name.string, in: names).map { " (did you mean \"\($0)\"?)" }
    let known = profiles.map(\.name.string).joined(separator: ", ")
    return CompilationError(
      file: "cpc",
      message:
        "no model is called \"\(name)\"\(hint ?? ""); there are: \(known); "
        + "or a folder, a .gguf file, or ORG/NAME in the Hugging Face cache")
  }

  private func path(ofProfile name: ByteString) -> String {
    "\(folder.path)/templates/\(name).json"
  }

  private func read(_ name: ByteString) throws(CompilationError) -> ModelProfile {
    let path = path(ofProfile: name)
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path)
    } catch {
      throw CompilationError(file: error.path, message: error.reason)
    }
    let profile = try ModelProfile(bytes, source: path)
    guard profile.name == name else {
      throw CompilationError(
        file: path, message: "the name in it, \"\(profile.name)\", is not that of the file")
    }
    return profile
  }

  /// Whether `name` can be that of a model or a file of one: ASCII letters, digits, `-`, `.` and `_`,
  /// so that it leads out of no folder.
  static func isName(_ name: ByteString) -> Bool {
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
