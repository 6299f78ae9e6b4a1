internal import Bytes
public import OrderedJSON

/// The settings of a file: one object, its members named as the command's options are, with `-` or `_`.
public struct ConfigurationFile: Sendable {
  private let source: SourceText
  private let members: [JSONMember]

  /// Takes a file that was parsed.
  ///
  /// - Throws: `ConfigurationError` with the place of a member that is no setting, or no value of one.
  public init(_ node: JSONNode, source: SourceText) throws(ConfigurationError) {
    self.source = source
    guard let members = node.members else {
      throw ConfigurationError("\(source.name): must be an object, not \(node.value.kind)")
    }
    self.members = members
    for member in members {
      guard let setting = Self.setting(member.key) else {
        let names = ServerSetting.allCases.map(\.rawValue).joined(separator: ", ")
        throw ConfigurationError(
          "\(place(member.keyOffset)): \"\(member.key)\" is no setting; there are \(names)")
      }
      guard member.node.isNull || Self.text(member.node) != nil else {
        throw ConfigurationError(
          "\(place(member.node.offset)): \(setting.rawValue): must be a value, or a list of strings, "
            + "not \(member.node.value.kind)")
      }
    }
  }

  func value(of setting: ServerSetting) -> SettingValue? {
    guard let member = members.last(where: { Self.setting($0.key) == setting }),
      let text = Self.text(member.node)
    else { return nil }
    return SettingValue(
      text: text, origin: "\(place(member.node.offset)): \(setting.rawValue)")
  }

  private func place(_ offset: Int) -> String {
    let (line, column) = source.position(at: offset)
    return "\(source.name):\(line):\(column)"
  }

  private static func setting(_ key: ByteString) -> ServerSetting? {
    let dash = UInt8(ascii: "-")
    return ServerSetting(
      rawValue: ByteString(key.bytes.map { $0 == UInt8(ascii: "_") ? dash : $0 }).string)
  }

  private static func text(_ node: JSONNode) -> String? {
    switch node.value {
    case .string(let text): return text.string
    case .number(let number): return number.spelling.string
    case .bool(let value): return String(value)
    case .array(let elements):
      let words = elements.compactMap(\.string)
      guard words.count == elements.count else { return nil }
      return words.map(\.string).joined(separator: ",")
    case .null, .object: return nil
    }
  }
}
