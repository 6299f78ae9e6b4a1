internal import Bytes

/// A value that is not there: it prints nothing and is false, and using it is an error that says
/// what was missing.
final class Undefined {
  private let reason: Reason

  private enum Reason {
    case name(ByteString)
    case attribute(String, ByteString)
    case message(String)
    case unsafe(String, ByteString)
  }

  /// A variable that is not defined.
  init(name: ByteString) { reason = .name(name) }

  /// An attribute that a value of a type lacks.
  init(attribute: ByteString, of typeName: String) { reason = .attribute(typeName, attribute) }

  init(message: String) { reason = .message(message) }

  /// An attribute that templates may not use.
  init(unsafe attribute: ByteString, of typeName: String) {
    reason = .unsafe(typeName, attribute)
  }

  /// What using the value says.
  var message: String {
    switch reason {
    case .name(let name): "'\(name)' is undefined"
    case .attribute(let type, let name):
      "'\(Self.objectName(ofType: type))' has no attribute '\(name)'"
    case .message(let message): message
    case .unsafe(let type, let name):
      "access to attribute '\(name)' of '\(type)' object is unsafe."
    }
  }

  /// How messages name a value of a type: `dict object`, `None`.
  static func objectName(ofType name: String) -> String {
    switch name {
    case "NoneType": "None"
    case "Namespace", "LoopContext": "jinja2.runtime.\(name) object"
    default: "\(name) object"
    }
  }
}
