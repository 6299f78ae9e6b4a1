// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Quickstart",
  dependencies: [.package(name: "cpc", path: "../..")],
  targets: [
    .executableTarget(
      name: "Quickstart", dependencies: [.product(name: "PromptCompilation", package: "cpc")])
  ]
)
