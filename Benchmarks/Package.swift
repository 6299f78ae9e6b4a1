// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "cpc", path: "..")],
  targets: [
    .target(name: "Measurement"),
    .executableTarget(name: "bare", dependencies: ["Measurement"]),
    .executableTarget(name: "measure"),
    .executableTarget(
      name: "throughput",
      dependencies: ["Measurement", .product(name: "PromptCompilation", package: "cpc")]),
    .executableTarget(
      name: "segmentation",
      dependencies: ["Measurement", .product(name: "TextProcessing", package: "cpc")]),
    .executableTarget(
      name: "folding",
      dependencies: ["Measurement", .product(name: "Deduplication", package: "cpc")]),
    .executableTarget(
      name: "templates", dependencies: [.product(name: "PromptCompilation", package: "cpc")]),
    .executableTarget(
      name: "order-requests",
      dependencies: ["Measurement", .product(name: "ContextIndex", package: "cpc")]),
    .executableTarget(
      name: "follow-engine", dependencies: [.product(name: "EngineEvents", package: "cpc")]),
    .executableTarget(
      name: "encode-documents",
      dependencies: ["Measurement", .product(name: "PromptCompilation", package: "cpc")]),
  ]
)
