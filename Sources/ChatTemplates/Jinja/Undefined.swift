internal import Bytes

/// A value that is not there: it prints nothing and is false, and using it is an error that says
/// what was missing.
final class Undefined {
  private let reason: Reason

  private enum Reason {
    case name(ByteString)
    case attribute(String, ByteString)
    case message(String)
    case unsafe(String)
  }

  /// A variable that is not defined.
  init(name: ByteString) { reason = .name(name) }

  /// An attribute that an object lacks; `object` is how messages name the object.
  init(attribute: ByteString, of object: String) { reason = .attribute(object, attribute) }

  init(message: String) { reason = .message(message) }

  /// An attribute that templates may not use.
  init(unsafe attribute: ByteString, of type: String) {
    reason = .unsafe("access to attribute '\(attribute)' of '\(type)' object is unsafe.")
  }

  /// What using the value says.
  var message: String {
    switch reason {
    case .name(let name): "'\(name)' is undefined"
    case .attribute(let object, let name): "'\(object)' has no attribute '\(name)'"
    case .message(let message), .unsafe(let message): message
    }
  }
}
