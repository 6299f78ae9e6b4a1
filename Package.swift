// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpClient: Target.Dependency = .product(
  name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let unixSignals: Target.Dependency = .product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let lifecycle: Target.Dependency = .product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(
  name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1: Target.Dependency = .product(
  name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

// Targets are in the order of the import graph: a target imports only targets above it.
let package = Package(
  name: "cpc",
  products: [
    .library(name: "TextProcessing", targets: ["Bytes", "TextProcessing"]),
    .library(name: "Deduplication", targets: ["Bytes", "Deduplication", "TextProcessing"]),
    .library(name: "PromptCompilation", targets: ["PromptCompilation"]),
    .library(name: "ContextIndex", targets: ["ContextIndex"]),
    .library(name: "ContextStore", targets: ["ContextStore"]),
    .library(name: "EngineEvents", targets: ["ContextIndex", "EngineEvents"]),
    .executable(name: "cpc", targets: ["cpc"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CPCRE2"),
    .systemLibrary(name: "CZstd"),
    .systemLibrary(name: "CZlib"),
    .target(name: "CZeroMQ", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CVector", cSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "CUnicode",
      cSettings: [.treatAllWarnings(as: .error)],
      cxxSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("stdc++")]
    ),
    .target(
      name: "Bytes", dependencies: ["CVector", "CZlib", crypto], swiftSettings: swiftSettings),
    .target(name: "OrderedJSON", dependencies: ["Bytes"], swiftSettings: swiftSettings),
    .target(
      name: "TextProcessing", dependencies: ["Bytes", "CPCRE2", "CUnicode", "CVector"],
      swiftSettings: swiftSettings),
    .target(
      name: "Tokenization",
      dependencies: [
        "Bytes", "CUnicode", "CVector", "CZstd", "OrderedJSON", "TextProcessing",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "ChatTemplates", dependencies: ["Bytes", "OrderedJSON"], swiftSettings: swiftSettings),
    .target(
      name: "Deduplication", dependencies: ["Bytes", "CVector", "TextProcessing"],
      swiftSettings: swiftSettings),
    .target(name: "ContextIndex", dependencies: ["Bytes", heap], swiftSettings: swiftSettings),
    .target(
      name: "EngineEvents", dependencies: ["Bytes", "CZeroMQ", "ContextIndex"],
      swiftSettings: swiftSettings),
    .target(
      name: "PromptCompilation",
      dependencies: [
        "Bytes", "OrderedJSON", "TextProcessing", "Tokenization", "ChatTemplates",
        "Deduplication", "ContextIndex",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "SpecYAML", dependencies: ["Bytes", "OrderedJSON", "Yams"],
      swiftSettings: swiftSettings),
    .target(
      name: "ContextStore", dependencies: ["Bytes", "ContextIndex", grdb],
      swiftSettings: swiftSettings),
    .target(
      name: "PromptServer",
      dependencies: [
        "Bytes", "OrderedJSON", "TextProcessing", "Tokenization", "Deduplication", "ContextIndex",
        "EngineEvents", "PromptCompilation", "ContextStore", crypto, deque, httpClient, httpTypes,
        hummingbird, hummingbirdCore, lifecycle, logging, nioCore, nioHTTP1, nioHTTPTypes,
        nioHTTPTypesHTTP1, nioPosix, nioSSL, unixSignals,
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "cpc",
      dependencies: [
        "Bytes", "OrderedJSON", "TextProcessing", "Tokenization", "ChatTemplates", "Deduplication",
        "ContextIndex", "PromptCompilation", "SpecYAML", "ContextStore", "PromptServer",
        httpClient, nioCore, nioHTTP1,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "TestSupport", dependencies: ["Bytes", "OrderedJSON"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    .target(
      name: "EngineTestSupport", dependencies: ["Bytes", "CZeroMQ", "EngineEvents"],
      path: "Tests/EngineTestSupport", swiftSettings: swiftSettings),
    .testTarget(
      name: "BytesTests",
      dependencies: ["Bytes", "TestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "OrderedJSONTests",
      dependencies: ["Bytes", "OrderedJSON", "TestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "TextProcessingTests",
      dependencies: ["Bytes", "CUnicode", "TextProcessing", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CVectorTests", dependencies: ["CVector", "TestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "TokenizationTests",
      dependencies: ["Bytes", "OrderedJSON", "TextProcessing", "Tokenization", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ChatTemplatesTests",
      dependencies: ["Bytes", "ChatTemplates", "OrderedJSON", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "DeduplicationTests",
      dependencies: ["Bytes", "Deduplication", "TextProcessing", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ContextIndexTests",
      dependencies: ["Bytes", "ContextIndex", "OrderedJSON", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EngineEventsTests",
      dependencies: [
        "Bytes", "ContextIndex", "EngineEvents", "EngineTestSupport", "OrderedJSON", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PromptCompilationTests",
      dependencies: [
        "Bytes", "OrderedJSON", "TextProcessing", "Tokenization", "ChatTemplates",
        "Deduplication", "PromptCompilation", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "SpecYAMLTests", dependencies: ["Bytes", "OrderedJSON", "SpecYAML", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ContextStoreTests",
      dependencies: ["Bytes", "ContextIndex", "ContextStore", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PromptServerTests",
      dependencies: [
        "Bytes", "ContextIndex", "EngineEvents", "EngineTestSupport", "OrderedJSON",
        "PromptCompilation", "PromptServer", "TestSupport", "cpc", httpTypes, hummingbird,
        lifecycle, logging, nioPosix,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "cpcTests",
      dependencies: ["Bytes", "OrderedJSON", "Tokenization", "cpc", "TestSupport"],
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx17
)
