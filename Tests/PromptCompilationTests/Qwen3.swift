import Bytes
import OrderedJSON
import PromptCompilation
import TestSupport

/// The shipped model, loaded once.
enum Qwen3 {
  static let model: Result<Model, any Error> = Result {
    try Model.named("qwen3", in: DataFolder(path: Shared.packageRoot))
  }

  static func compiler(
    passes: PassSelection = .all, orderer: (any BlockOrderer)? = nil
  ) throws -> PromptCompiler {
    PromptCompiler(model: try model.get(), passes: passes, orderer: orderer)
  }

  static func compile(_ spec: Spec, passes: PassSelection = .all) throws -> CompiledPrompt {
    try compiler(passes: passes).compile(spec)
  }
}

extension Spec {
  /// Reads a spec that stands in a test.
  static func parse(_ json: String, files: FileResolver? = nil) throws -> Spec {
    try Spec(jsonBytes: Array(json.utf8), name: "spec.json", files: files)
  }

  static func quickstart() throws -> Spec {
    let folder = Shared.packageRoot + "/Fixtures/quickstart"
    return try Spec(
      jsonBytes: try Files.read(folder + "/spec.json"), name: "spec.json",
      files: FileResolver(folder: folder))
  }
}

extension CompiledPrompt {
  var string: String { String(decoding: text, as: UTF8.self) }

  func section(_ kind: Section.Kind, _ label: ByteString? = nil) -> Section? {
    seal.sections.first { $0.kind == kind && (label == nil || $0.label == label) }
  }
}
