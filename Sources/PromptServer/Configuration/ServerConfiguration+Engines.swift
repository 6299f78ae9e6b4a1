internal import Bytes
internal import EngineEvents

extension ServerConfiguration {
  /// Reads where the engine tells of its cache, and who shares that.
  mutating func readEngines(
    _ value: (ServerSetting) -> SettingValue?
  ) throws(ConfigurationError) {
    try readConnections(value)
    try readSalt(value)
  }

  private mutating func readConnections(
    _ value: (ServerSetting) -> SettingValue?
  ) throws(ConfigurationError) {
    guard let events = value(.kvEvents), !events.list.isEmpty else {
      for setting in [ServerSetting.kvReplay, .kvTopic, .kvRole] {
        if let given = value(setting) {
          throw given.fault("needs kv-events, the endpoint where the engine publishes")
        }
      }
      return
    }
    guard cloudProvider == nil else {
      throw events.fault("cannot be used with cloud-provider: a hosted service publishes nothing")
    }
    let endpoints = try events.endpoints()
    let replays = try value(.kvReplay)?.endpoints() ?? []
    guard replays.isEmpty || replays.count == endpoints.count else {
      throw value(.kvReplay)?.fault(
        "must have as many endpoints as kv-events, \(endpoints.count), not \(replays.count)")
        ?? events.fault("needs as many endpoints of replays")
    }
    let role = try value(.kvRole)?.choice(EngineRole.self)
    let topic = value(.kvTopic).map { ByteString($0.text) } ?? ""
    engines = endpoints.enumerated().map { place, endpoint in
      EngineConnection(
        endpoint: endpoint, replayEndpoint: replays.isEmpty ? nil : replays[place], topic: topic,
        role: role?.role)
    }
    if model == nil {
      notices.append(
        "\(events.origin): without --model no prompt is looked up in what the engine holds")
    }
  }

  private mutating func readSalt(
    _ value: (ServerSetting) -> SettingValue?
  ) throws(ConfigurationError) {
    guard let salt = value(.cacheSalt), try salt.choice(SaltScope.self) == .tenant else {
      if let secret = value(.cacheSaltSecret) {
        notices.append("\(secret.origin): without --cache-salt tenant it changes nothing")
      }
      return
    }
    guard cloudProvider == nil else {
      throw salt.fault("cannot be used with cloud-provider: a hosted service knows no cache_salt")
    }
    guard mode != .observe else {
      notices.append(
        "\(salt.origin): nothing is put into bodies in mode observe; it changes nothing")
      return
    }
    cacheSalt = CacheSalt(secret: value(.cacheSaltSecret)?.text)
  }
}

/// Who shares the engine's cache.
private enum SaltScope: String, CaseIterable {
  case tenant
  case none
}

private enum EngineRole: String, CaseIterable {
  case bind
  case connect

  var role: EngineConnection.Role { self == .bind ? .bind : .connect }
}

extension SettingValue {
  /// Endpoints of ZeroMQ over which an engine can be reached.
  fileprivate func endpoints() throws(ConfigurationError) -> [String] {
    for endpoint in list where !Self.isEndpoint(endpoint) {
      throw fault("\"\(endpoint)\" is no endpoint: write tcp://HOST:PORT or ipc:///PATH")
    }
    return list
  }

  private static func isEndpoint(_ text: String) -> Bool {
    if text.hasPrefix("ipc://") { return text.utf8.count > 6 }
    guard text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":") else { return false }
    let host = text[..<colon].dropFirst(6)
    let port = text[text.index(after: colon)...]
    return !host.isEmpty && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
      && Int(port).map { (1...65_535).contains($0) } ?? false
  }
}
