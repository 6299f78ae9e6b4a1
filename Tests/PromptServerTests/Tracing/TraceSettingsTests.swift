import OrderedJSON
import PromptServer
import Testing

/// Where spans go is said by our settings or by OpenTelemetry's variables.
@Suite struct TraceSettingsTests {
  private func configuration(
    _ options: [ServerSetting: String] = [:], _ environment: [String: String] = [:]
  ) throws -> ServerConfiguration {
    try ServerConfiguration(options: options, environment: { environment[$0] })
  }

  @Test func nothingIsSentUnlessItIsAskedFor() throws {
    #expect(try configuration().traces == nil)
    #expect(try configuration([.tracesService: "a"]).traces == nil)
  }

  @Test(
    arguments: [
      ("http://a:4318", "http://a:4318/v1/traces"), ("https://a/", "https://a/v1/traces"),
      ("http://a/otlp", "http://a/otlp/v1/traces"),
      ("http://a:4318/v1/traces", "http://a:4318/v1/traces"),
    ])
  func theCollectorIsNamedWithOrWithoutItsPath(url: String, posted: String) throws {
    #expect(try configuration([.traces: url]).traces?.url == posted)
    #expect(try configuration([:], ["CPC_TRACES": url]).traces?.url == posted)
    #expect(try configuration([:], ["OTEL_EXPORTER_OTLP_ENDPOINT": url]).traces?.url == posted)
  }

  @Test func variablesOfOpenTelemetryMeanWhatItsSpecificationSays() throws {
    let traces = try #require(
      try configuration(
        [:],
        [
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:4318/in",
          "OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318",
          "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k%2C1, x-scope = a=b",
          "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "", "OTEL_SERVICE_NAME": "gateway",
          "OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "0",
        ]
      ).traces)
    #expect(traces.url == "http://a:4318/in")
    #expect(traces.headers.map(\.name) == ["api-key", "x-scope"])
    #expect(traces.headers.map(\.value) == ["k,1", "a=b"])
    #expect(traces.service == "gateway")
    #expect(traces.queueLimit == 100 && traces.batchLimit == 512)
    #expect(!"\(traces)".contains("k,1"))
  }

  @Test(
    arguments: [
      ["OTEL_SDK_DISABLED": "true"], ["OTEL_TRACES_EXPORTER": "none"],
      ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"], ["OTEL_EXPORTER_OTLP_HEADERS": "key"],
    ])
  func whatIsMeantForOthersTurnsThemOff(variables: [String: String]) throws {
    let environment = variables.merging(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:4318"]) { a, _ in
      a
    }
    let configuration = try configuration([:], environment)
    #expect(configuration.traces == nil)
    #expect(configuration.notices.count == 1)
  }

  @Test(
    arguments: [
      ("a:4318", "must begin with http:// or https://"), ("grpc://a:4317", "must begin with"),
      ("http://a:99999", "the port \"99999\" must be a number from 1 to 65535"),
      ("http://a b:4318", "must be scheme, host, port and path alone"),
      ("http://[::1", "\"[:\" must be a name or an address"), ("http://", "must be scheme"),
    ])
  func anAddressThatCannotBeOneIsAFaultThatSaysWhatToWrite(url: String, message: String) throws {
    let variables = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
    for origin in ["--traces"] + variables {
      let error = #expect(throws: ConfigurationError.self) {
        try configuration(origin == "--traces" ? [.traces: url] : [:], [origin: url])
      }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(origin): \(message)"), "\(text)")
      #expect(text.hasSuffix("OTLP over HTTP, as in http://127.0.0.1:4318"))
    }
  }

  @Test(
    arguments: [
      ("grpc", false, "OTLP is spoken here over HTTP with JSON"),
      ("http/protobuf", true, "sent with http/json"), ("http/json", true, nil),
      ("carrier", true, "not with carrier"),
    ] as [(String, Bool, String?)])
  func whatIsSpokenIsSaidWhereAnotherProtocolIsAskedFor(
    name: String, isSent: Bool, notice: String?
  ) throws {
    let configuration = try configuration(
      [:],
      [
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": name,
      ])
    #expect((configuration.traces != nil) == isSent)
    #expect(configuration.notices.count == (notice == nil ? 0 : 1))
    if let notice { #expect(configuration.notices.first?.contains(notice) == true) }
    let ours = try self.configuration(
      [.traces: "http://a"], ["OTEL_EXPORTER_OTLP_PROTOCOL": name])
    #expect(ours.traces != nil && ours.notices.isEmpty)
  }

  @Test func attributesOfTheServiceAreTakenOver() throws {
    let variables = [
      "OTEL_RESOURCE_ATTRIBUTES":
        "service.name=a%2Cb, deployment.environment.name = test%3D1,service.name=c,k=v=w,"
    ]
    let traces = try #require(try configuration([.traces: "http://a"], variables).traces)
    #expect(traces.service == "c")
    #expect(traces.attributes.map(\.name) == ["deployment.environment.name", "k"])
    #expect(traces.attributes.map(\.value) == ["test=1", "v=w"])
    let named = variables.merging(["OTEL_SERVICE_NAME": "d"]) { $1 }
    #expect(try configuration([.traces: "http://a"], named).traces?.service == "d")
    #expect(
      try configuration([.traces: "http://a", .tracesService: "e"], named).traces?.service == "e")
  }

  @Test(arguments: ["a", "=b", "a=%f", "a=b,c"])
  func attributesThatCannotBeReadAreTold(text: String) throws {
    let configuration = try configuration(
      [.traces: "http://a"], ["OTEL_RESOURCE_ATTRIBUTES": text])
    #expect(configuration.traces?.attributes.isEmpty == true)
    #expect(configuration.traces?.service == "cpc")
    #expect(configuration.notices.first?.hasPrefix("OTEL_RESOURCE_ATTRIBUTES: ") == true)
  }

  @Test func theCollectorHasTheTimeThatIsSaid() throws {
    func time(_ variables: [String: String]) throws -> Int? {
      try configuration([.traces: "http://a"], variables).traces?.timeoutMilliseconds
    }
    #expect(try time([:]) == 10_000)
    #expect(try time(["OTEL_EXPORTER_OTLP_TIMEOUT": "250"]) == 250)
    let both = ["OTEL_EXPORTER_OTLP_TIMEOUT": "250", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "50"]
    #expect(try time(both) == 50)
  }

  @Test(
    arguments: [
      ("parentbased_always_on", nil, 1, true), ("parentbased_always_off", nil, 0, true),
      ("parentbased_traceidratio", "0.25", 0.25, true), ("traceidratio", nil, 1, false),
      ("always_off", "0.5", 0, false),
    ] as [(String, String?, Double, Bool)])
  func samplersOfOpenTelemetryAreKnown(
    name: String, argument: String?, ratio: Double, heedsCaller: Bool
  ) throws {
    var environment = ["CPC_TRACES": "http://a", "OTEL_TRACES_SAMPLER": name]
    environment["OTEL_TRACES_SAMPLER_ARG"] = argument
    let configuration = try configuration([:], environment)
    let sampling = try #require(configuration.traces?.sampling)
    #expect(sampling.ratio == ratio && sampling.heedsCaller == heedsCaller)
    #expect(configuration.notices.isEmpty)
  }

  @Test(
    arguments: [
      ("OTEL_BSP_MAX_QUEUE_SIZE", "2"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "many"),
      ("OTEL_BSP_SCHEDULE_DELAY", "-1"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
    ])
  func aNumberThatCannotBeTakenIsTold(variable: String, value: String) throws {
    let configuration = try configuration([.traces: "http://a"], [variable: value])
    let (traces, usual) = (try #require(configuration.traces), TraceExport(url: ""))
    #expect(traces.queueLimit == usual.queueLimit && traces.batchLimit == usual.batchLimit)
    #expect(traces.delayMilliseconds == usual.delayMilliseconds)
    #expect(traces.timeoutMilliseconds == usual.timeoutMilliseconds)
    #expect(configuration.notices.count == 1)
    #expect(configuration.notices.first?.hasPrefix(variable) == true)
    let empty = try self.configuration([.traces: "http://a"], [variable: ""])
    #expect(empty.notices.isEmpty)
  }

  @Test func anUnknownSamplerRecordsAll() throws {
    for (name, argument) in [("jaeger_remote", ""), ("traceidratio", "2")] {
      let configuration = try configuration(
        [.traces: "http://a"],
        ["OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": argument])
      #expect(configuration.traces?.sampling == TraceSampling())
      #expect(configuration.notices.count == 1)
    }
  }

  @Test func whatIsOurOwnMustBeRight() throws {
    for ratio in ["-1", "1.5", "all", "nan"] {
      #expect(throws: ConfigurationError.self) {
        try configuration([.traces: "http://a", .tracesRatio: ratio])
      }
    }
    #expect(throws: ConfigurationError.self) { try configuration([.traces: "a:4318"]) }
    for headers in ["a", "a b=c", "=c", "a=%2", "a=%0a", "a=%+f"] {
      #expect(throws: ConfigurationError.self) {
        try configuration([.traces: "http://a", .tracesHeaders: headers])
      }
    }
    let source = SourceText(
      name: "serve.json",
      bytes: Array(#"{"traces": "http://a:4318", "traces_service": "b"}"#.utf8))
    let file = try ConfigurationFile(try JSONParser.parse(source.bytes), source: source)
    #expect(try ServerConfiguration(options: [:], file: file).traces?.service == "b")
  }
}
