internal import Bytes
internal import HTTPTypes
internal import PromptCompilation

/// What the fields of a request's head ask for its documents, by the names that ContextPilot has for them.
struct DocumentHeaders: Hashable, Sendable {
  /// Whether the request is to be rewritten; nil if it does not say.
  let isEnabled: Bool?
  /// Which documents are looked for.
  let settings: DocumentSettings

  /// The names, in the spelling that is compared. They are for us: the upstream does not get them. `alpha` and
  /// `linkage` are of ContextPilot's own algorithm and change nothing.
  static let names: Set<String> = Set(
    (Field.allCases.map(\.rawValue) + ["alpha", "linkage"]).map { prefix + $0 })

  fileprivate static let prefix = "x-contextpilot-"
  /// The longest name of a tag and the longest separator, in bytes.
  private static let limit = 256

  fileprivate enum Field: String, CaseIterable {
    case enabled, mode, tag, separator, scope
  }

  /// Reads the fields.
  ///
  /// - Throws: `DocumentHeaderError` if one has a value that it cannot have, or several.
  init(_ fields: HTTPFields) throws(DocumentHeaderError) {
    switch try Self.value(.enabled, fields)?.lowercased() {
    case nil: isEnabled = nil
    case "true": isEnabled = true
    case "false": isEnabled = false
    default: throw DocumentHeaderError(.enabled)
    }
    var settings = DocumentSettings()
    if let value = try Self.value(.mode, fields) {
      guard let mode = DocumentSettings.Mode(rawValue: value.lowercased()) else {
        throw DocumentHeaderError(.mode)
      }
      settings.mode = mode
    }
    if let value = try Self.value(.scope, fields) {
      guard let scope = DocumentSettings.Scope(rawValue: value.lowercased()) else {
        throw DocumentHeaderError(.scope)
      }
      settings.scope = scope
    }
    if let value = try Self.value(.tag, fields) {
      guard Self.isTag(value) else { throw DocumentHeaderError(.tag) }
      settings.tag = ByteString(value)
    }
    settings.separator = try Self.value(.separator, fields).map { ByteString($0) }
    self.settings = settings
  }

  private static func value(
    _ field: Field, _ fields: HTTPFields
  ) throws(DocumentHeaderError) -> String? {
    guard let name = HTTPField.Name(prefix + field.rawValue) else { return nil }
    let values = fields[values: name]
    guard let value = values.first else { return nil }
    guard values.count == 1, !value.isEmpty, value.utf8.count <= limit else {
      throw DocumentHeaderError(field)
    }
    return value
  }

  /// Whether a text can be the name of an element.
  private static func isTag(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "-_.:".unicodeScalars.contains(scalar)
    }
  }
}

/// A field of a head with a value that it cannot have. The request is passed on as it came.
struct DocumentHeaderError: Error, Hashable {
  /// The name of the field.
  let name: String

  fileprivate init(_ field: DocumentHeaders.Field) {
    name = DocumentHeaders.prefix + field.rawValue
  }
}
