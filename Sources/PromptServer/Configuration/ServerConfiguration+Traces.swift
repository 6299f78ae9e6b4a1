extension ServerConfiguration {
  /// Reads where spans are sent, if they are.
  ///
  /// OpenTelemetry's own variables are heeded as its specification says. They are there for every process of a
  /// host, so that one that cannot be used here is a notice and no fault.
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
    var export: TraceExport
    do {
      export = TraceExport(url: try Self.tracesURL(given))
      if let headers = value(.tracesHeaders) { export.headers = try Self.headers(headers) }
    } catch {
      guard given.isOpenTelemetry else { throw error }
      notices.append("\(error): no spans are sent")
      return
    }
    if let service = value(.tracesService), !service.text.isEmpty { export.service = service.text }
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
    traces = export
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
      throw given.fault(error.description)
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
        let value = decoded(parts[1].drop { $0 == " " }),
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

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The value of a hexadecimal digit; nil for another byte.
  private static func digit(_ byte: UInt8) -> Int? {
    Character(Unicode.Scalar(byte)).hexDigitValue
  }
}

/// OpenTelemetry's variables that are no settings of ours.
private enum OpenTelemetryVariables {
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
    let protocols = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]
    let wanted = protocols.compactMap { environment($0) }.first { !$0.isEmpty }
    return wanted == "grpc" ? "the collector is to be spoken to with gRPC" : nil
  }
}

extension SettingValue {
  /// Whether one of OpenTelemetry's variables gave it.
  fileprivate var isOpenTelemetry: Bool { origin.hasPrefix("OTEL_") }
}
