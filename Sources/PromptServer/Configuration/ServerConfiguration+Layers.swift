internal import Bytes
internal import ContextIndex
internal import Logging
internal import PromptCompilation

extension ServerConfiguration {
  /// Puts a configuration together: an option stands before the environment (`CPC_PORT`, then ContextPilot's
  /// `CONTEXTPILOT_PORT`), and that before the file.
  ///
  /// - Parameters:
  ///   - options: the values of the command's options, as they were written.
  ///   - environment: returns the value of a variable.
  ///   - file: the configuration file; nil if there is none.
  /// - Throws: `ConfigurationError` about the first value that cannot be used.
  public init(
    options: [ServerSetting: String], environment: (String) -> String? = { _ in nil },
    file: ConfigurationFile? = nil
  ) throws(ConfigurationError) {
    self.init()
    func value(_ setting: ServerSetting) -> SettingValue? {
      if let text = options[setting] {
        return SettingValue(text: text, origin: "--\(setting.rawValue)")
      }
      for variable in [setting.variable] + setting.otherVariables {
        guard let text = environment(variable) else { continue }
        // An empty variable of OpenTelemetry's is as none, by its specification.
        if text.isEmpty, variable.hasPrefix("OTEL_") { continue }
        return SettingValue(text: text, origin: variable)
      }
      return file?.value(of: setting)
    }
    try readAddress(value)
    try readPrompts(value)
    try readLimits(value)
    try readCloud(value)
    try readEngines(value)
    try readTraces(value, environment)
    if let level = value(.logLevel) {
      guard let known = Logger.Level(rawValue: level.text.lowercased()) else {
        throw level.fault(
          "must be \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      logLevel = known
    }
    if let format = value(.logFormat) { logFormat = try format.choice(LogFormat.self) }
    tokens = value(.tokens)?.list ?? []
    adminTokens = value(.adminTokens)?.list ?? []
    try checkKey(value)
  }

  private typealias Values = (ServerSetting) -> SettingValue?

  private mutating func readAddress(_ value: Values) throws(ConfigurationError) {
    if let host = value(.host) {
      guard !host.text.isEmpty else { throw host.fault("must be an address or a name") }
      self.host = host.text
    }
    if let port = value(.port) { self.port = try port.integer(in: 0...65_535) }
    if let upstream = value(.upstream) {
      do {
        self.upstream = try UpstreamURL(upstream.text)
      } catch {
        throw upstream.fault(error.description)
      }
    }
  }

  private mutating func readPrompts(_ value: Values) throws(ConfigurationError) {
    model = value(.model).map { ByteString($0.text) }
    if let mode = value(.mode) { self.mode = try mode.choice(Mode.self) }
    if let stateless = value(.stateless) { isStateless = try stateless.boolean() }
    indexPath = value(.index)?.text
    if let cache = value(.cacheModel) {
      guard let known = CacheModel(ByteString(cache.text)) else {
        throw cache.fault("must be one of \(CacheModel.forms)")
      }
      cacheModel = known
    }
    if let tokens = value(.cacheTokens) {
      cacheTokens = try tokens.integer(in: 1...1_000_000_000_000)
    }
    controlTokens = try value(.controlTokens)?.choice(Policy.ControlTokens.self)
    if let index = value(.index), isStateless {
      throw index.fault("cannot be used with stateless: nothing is remembered then")
    }
    if mode != .observe, model == nil {
      throw ConfigurationError(
        "mode \(mode.rawValue): needs a model, to count tokens with: give --model qwen3")
    }
  }

  private mutating func readLimits(_ value: Values) throws(ConfigurationError) {
    if let body = value(.bodyLimit) { limits.body = try body.integer(in: 1...(1 << 40)) }
    if let header = value(.headerLimit) { limits.header = try header.integer(in: 256...(1 << 24)) }
    if let blocks = value(.blockLimit) { limits.blocks = try blocks.integer(in: 1...1_000_000) }
    if let most = value(.concurrencyLimit) {
      limits.concurrency = try most.integer(in: 1...1_000_000)
    }
    if let most = value(.tenantLimit) { limits.tenants = try most.integer(in: 1...10_000_000) }
    if let time = value(.requestTimeout) { limits.request = try time.seconds() }
    if let time = value(.upstreamTimeout) { limits.upstream = try time.seconds() }
    if let time = value(.rewriteTimeout) { limits.rewrite = try time.seconds() }
    if let time = value(.shutdownTimeout) { limits.shutdown = try time.seconds() }
    if let workers = value(.workers) { self.workers = try workers.integer(in: 1...1024) }
  }

  private mutating func readCloud(_ value: Values) throws(ConfigurationError) {
    let provider = try value(.cloudProvider)?.choice(CloudProvider.self)
    cloudProvider = provider
    if upstream == nil { upstream = provider?.upstream }
    if let key = value(.cloudAPIKey) {
      upstreamKey = UpstreamKey(provider ?? .openai, key: key.text)
    }
    if let extended = value(.extendedCache), try extended.boolean() {
      isCacheExtended = provider == .anthropic && mode == .optimize
      if !isCacheExtended {
        notices.append(
          "\(extended.origin): cache marks have a lifetime with --cloud-provider anthropic --mode optimize alone; "
            + "it changes nothing")
      }
    }
    if let modulus = value(.chunkModulus) {
      notices.append(
        "\(modulus.origin): repeats are found by lines and sentences here; it changes nothing")
    }
  }

  /// The operator's key must not be there for anyone who reaches the port.
  private func checkKey(_ value: Values) throws(ConfigurationError) {
    guard upstreamKey != nil, !isLoopback, tokens.isEmpty else { return }
    throw ConfigurationError(
      "\(value(.cloudAPIKey)?.origin ?? "cloud-api-key"): anyone who reaches \(host) would spend this key: "
        + "give --token, which requests then have to bear, or --host 127.0.0.1")
  }
}
