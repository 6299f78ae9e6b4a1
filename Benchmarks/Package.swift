// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "cpc", path: "..")],
  targets: [
    .executableTarget(name: "bare"),
    .executableTarget(name: "measure"),
    .executableTarget(
      name: "throughput", dependencies: [.product(name: "PromptCompilation", package: "cpc")]),
  ]
)
