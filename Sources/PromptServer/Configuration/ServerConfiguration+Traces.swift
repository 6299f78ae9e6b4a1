extension ServerConfiguration {
  /// Reads where spans are sent, if they are.
  ///
  /// OpenTelemetry's own variables are heeded as its specification says. They are there for every process of a
  /// host, so that one that cannot be used here is a notice and no fault, but for the address of the collector.
  ///
  /// - Parameter environment: returns the value of a variable.
  mutating func readTraces(
    _ value: (ServerSetting) -> SettingValue?, _ environment: (String) -> String?
  ) throws(ConfigurationError) {
    guard let given = value(.traces), !given.text.isEmpty else { return }
    if let obstacle = OpenTelemetryVariables.obstacle(environment, for: given) {
      notices.append("\(given.origin): \(obstacle): no spans are sent")
      return
    }
    if given.isOpenTelemetry, let notice = OpenTelemetryVariables.protocolNotice(environment) {
      notices.append(notice)
    }
    var export = TraceExport(url: try Self.tracesURL(given))
    do {
      if let headers = value(.tracesHeaders) { export.headers = try Self.headers(headers) }
    } catch {
      guard given.isOpenTelemetry else { throw error }
      notices.append("\(error): no spans are sent")
      return
    }
    readResource(value, environment, into: &export)
    try readSampling(value, environment, into: &export)
    func read(_ variable: String, _ range: ClosedRange<Int>, into number: inout Int) {
      guard let text = environment(variable), !text.isEmpty else { return }
      if let given = Int(text), range.contains(given) {
        number = given
      } else {
        notices.append(
          "\(variable): must be a whole number from \(range.lowerBound) to \(range.upperBound): "
            + "\(number) is taken")
      }
    }
    // Of a request there are up to three spans, which are taken together or not.
    read("OTEL_BSP_MAX_QUEUE_SIZE", 3...1_000_000, into: &export.queueLimit)
    read("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1...100_000, into: &export.batchLimit)
    read("OTEL_BSP_SCHEDULE_DELAY", 0...3_600_000, into: &export.delayMilliseconds)
    let timeouts = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"]
    if let variable = timeouts.first(where: { !(environment($0) ?? "").isEmpty }) {
      read(variable, 1...3_600_000, into: &export.timeoutMilliseconds)
    }
    traces = export
  }

  /// Reads what the spans are of.
  private mutating func readResource(
    _ value: (ServerSetting) -> SettingValue?, _ environment: (String) -> String?,
    into export: inout TraceExport
  ) {
    let variable = "OTEL_RESOURCE_ATTRIBUTES"
    if let text = environment(variable), !text.isEmpty {
      if let attributes = OpenTelemetryVariables.attributes(text) {
        export.attributes = attributes.filter { $0.name != OpenTelemetryVariables.serviceName }
        let names = attributes.filter { $0.name == OpenTelemetryVariables.serviceName }
        export.service = names.last?.value ?? export.service
      } else {
        notices.append(
          "\(variable): must be NAME=VALUE, with commas between several and %XX for those in values: "
            + "none is taken")
      }
    }
    if let service = value(.tracesService), !service.text.isEmpty { export.service = service.text }
  }

  /// Reads which requests are recorded.
  private mutating func readSampling(
    _ value: (ServerSetting) -> SettingValue?, _ environment: (String) -> String?,
    into export: inout TraceExport
  ) throws(ConfigurationError) {
    if let ratio = value(.tracesRatio) {
      guard let share = Double(ratio.text), (0...1).contains(share) else {
        throw ratio.fault("must be a number from 0 to 1")
      }
      export.sampling.ratio = share
      return
    }
    guard let name = environment("OTEL_TRACES_SAMPLER"), !name.isEmpty else { return }
    let argument = environment("OTEL_TRACES_SAMPLER_ARG")
    if let sampling = TraceSampling(sampler: name, argument: argument) {
      export.sampling = sampling
    } else {
      notices.append(
        "OTEL_TRACES_SAMPLER: a sampler or an argument that is not known here: all is recorded")
    }
  }

  /// The URL that batches are posted to: the variable for traces alone has it, any other setting what stands in
  /// front of `/v1/traces`.
  private static func tracesURL(_ given: SettingValue) throws(ConfigurationError) -> String {
    do {
      _ = try UpstreamURL(given.text)
    } catch {
      throw given.fault(
        "\(error.description): write the collector's URL for OTLP over HTTP, as in "
          + "http://127.0.0.1:4318")
    }
    guard given.origin != OpenTelemetryVariables.tracesEndpoint else { return given.text }
    var base = given.text[...]
    while base.last == "/" { base = base.dropLast() }
    return base.hasSuffix("/v1/traces") ? String(base) : base + "/v1/traces"
  }

  /// Reads `NAME=VALUE,NAME=VALUE`, in which characters can be written as %XX.
  private static func headers(
    _ given: SettingValue
  ) throws(ConfigurationError) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for member in given.list {
      let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].prefix { $0 != " " }
      let isPadded = parts[0].dropFirst(name.count).allSatisfy { $0 == " " }
      guard parts.count == 2, isPadded, !name.isEmpty, name.utf8.allSatisfy({ isNameByte($0) }),
        let value = PercentEncoding.decoded(parts[1].drop { $0 == " " }),
        value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else { throw given.fault("must be NAME=VALUE, with commas between several") }
      headers.append((String(name), value))
    }
    return headers
  }

  /// Whether a byte may stand in the name of a field (RFC 9110, 5.6.2).
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

/// OpenTelemetry's variables that are no settings of ours.
private enum OpenTelemetryVariables {
  static let serviceName = "service.name"
  static let tracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"

  /// Why no spans are sent although there is an endpoint; nil if nothing forbids it.
  static func obstacle(_ environment: (String) -> String?, for given: SettingValue) -> String? {
    if environment("OTEL_SDK_DISABLED")?.lowercased() == "true" {
      return "OTEL_SDK_DISABLED is true"
    }
    guard given.isOpenTelemetry else { return nil }
    if environment("OTEL_TRACES_EXPORTER")?.lowercased() == "none" {
      return "OTEL_TRACES_EXPORTER is none"
    }
    guard let wanted = protocolName(environment), wanted.text == "grpc" else { return nil }
    return "\(wanted.variable) is grpc, and OTLP is spoken here over HTTP with JSON alone: "
      + "set it to http/json, and the endpoint to the collector's port for HTTP, mostly 4318"
  }

  /// What is said where another protocol is asked for that can be done without.
  static func protocolNotice(_ environment: (String) -> String?) -> String? {
    guard let wanted = protocolName(environment), wanted.text != "http/json" else { return nil }
    return "\(wanted.variable): spans are sent with http/json, which collectors take at the same "
      + "address, not with \(wanted.text)"
  }

  private static func protocolName(
    _ environment: (String) -> String?
  ) -> (variable: String, text: String)? {
    for variable in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
      if let text = environment(variable), !text.isEmpty { return (variable, text.lowercased()) }
    }
    return nil
  }

  /// Reads attributes, `NAME=VALUE,NAME=VALUE`, in which characters can be written as %XX; nil if one cannot be read.
  /// Of several with one name the last one holds.
  static func attributes(_ text: String) -> [(name: String, value: String)]? {
    var attributes: [(name: String, value: String)] = []
    for member in SettingValue(text: text, origin: "").list {
      let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let value = PercentEncoding.decoded(trimmed(parts[1])),
        let name = PercentEncoding.decoded(trimmed(parts[0])), !name.isEmpty
      else { return nil }
      attributes.removeAll { $0.name == name }
      attributes.append((name, value))
    }
    return attributes
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text = text.dropLast() }
    return text
  }
}

extension SettingValue {
  /// Whether one of OpenTelemetry's variables gave it.
  fileprivate var isOpenTelemetry: Bool { origin.hasPrefix("OTEL_") }
}
