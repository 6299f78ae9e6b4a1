internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Encrypts connections to the upstream that are not made by `HTTPClient`.
final class UpstreamSecurity: Sendable {
  private let host: String
  private let context: Mutex<NIOSSLContext?> = Mutex(nil)

  /// - Parameter host: the name or address that the certificate is for.
  init(host: String) {
    self.host = host
  }

  /// What connections share. The first to ask reads the certificates that the system trusts, so it must not be an event
  /// loop.
  func prepared() throws -> NIOSSLContext {
    try context.withLock { context in
      if let context { return context }
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.applicationProtocols = ["http/1.1"]
      let made = try NIOSSLContext(configuration: configuration)
      context = made
      return made
    }
  }

  /// Makes what encrypts one connection.
  func handler(_ context: NIOSSLContext) throws -> NIOSSLClientHandler {
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    // An address is no name to ask for (RFC 6066, 3): the certificate must be for that of the connection.
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }
}
