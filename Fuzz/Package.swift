// swift-tools-version: 6.2
import PackageDescription

/// A target of libFuzzer: a program without `main`, which the sanitizer's runtime brings.
/// `Scripts/fuzz` builds and runs them.
func fuzzer(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      "FuzzSupport", .product(name: "PromptCompilation", package: "cpc"),
      .product(name: "EngineEvents", package: "cpc"),
    ],
    swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "cpc", path: "..")],
  targets: [
    .target(
      name: "FuzzSupport", dependencies: [.product(name: "PromptCompilation", package: "cpc")]),
    fuzzer("json"),
    fuzzer("tiktoken"),
    fuzzer("tekken"),
    fuzzer("tokenizer-json"),
    fuzzer("gguf"),
    fuzzer("vocabulary"),
    fuzzer("encoding"),
    fuzzer("template"),
    fuzzer("spec"),
    fuzzer("folding"),
    fuzzer("bodies"),
    fuzzer("events"),
    fuzzer("documents"),
  ]
)
