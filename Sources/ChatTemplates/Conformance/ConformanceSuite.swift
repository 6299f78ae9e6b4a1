package import Bytes
internal import OrderedJSON

/// Compares renderings with those of the reference implementation that a folder holds.
///
/// The expected texts are read line by line, so a folder of any size takes the memory of its templates.
package struct ConformanceSuite {
  /// How many pairs are as the reference says.
  package struct Tally: Hashable, Sendable {
    /// Those that are.
    package var passed = 0
    /// Those that are not.
    package var failed = 0
  }

  private let folder: ConformanceFolder
  private let wanted: [ByteString]

  /// Reads what a folder says of its templates and requests.
  ///
  /// - Parameter only: the templates and models that are compared, and the tests of `micro.json` by
  ///   their ids or all of them as `micro`; none means all.
  /// - Throws: `ConformanceError` if a file is missing or has another form.
  package init(folder path: String, only: [ByteString] = []) throws(ConformanceError) {
    folder = try ConformanceFolder(path: path)
    wanted = only
  }

  /// Whether the folder has `micro.json`.
  package var hasMicroTests: Bool { folder.micro != nil }

  /// The files that a folder is compared by.
  package enum Part: CaseIterable, Sendable {
    /// `expected.jsonl`, with the templates of the folder.
    case templates
    /// `catalogue.jsonl`, if it is there, with our own.
    case catalogue
    /// `micro.json`, if it is there.
    case micro
  }

  /// Compares renderings.
  ///
  /// - Parameters:
  ///   - parts: by which files; all if not given.
  ///   - model: gives the template of a model that `catalogue.jsonl` names.
  ///   - report: takes a line for each pair that differs.
  /// - Throws: `FileError` if a file cannot be read, and what `report` throws.
  package func run(
    _ parts: [Part] = Part.allCases, model: (ByteString) -> ConformanceSubject,
    report: (String) throws -> Void
  ) throws -> Tally {
    var tally = Tally()
    for part in parts {
      switch part {
      case .templates:
        try compareLines(of: "expected.jsonl", "template", folder.template, &tally, report)
      case .catalogue where Files.exists(folder.path + "/catalogue.jsonl"):
        try compareLines(of: "catalogue.jsonl", "model", model, &tally, report)
      case .catalogue: break
      case .micro: try compareMicroTests(&tally, report)
      }
    }
    return tally
  }

  private func compareLines(
    of file: String, _ key: ByteString, _ makeSubject: (ByteString) -> ConformanceSubject,
    _ tally: inout Tally, _ report: (String) throws -> Void
  ) throws {
    var subjects: [ByteString: ConformanceSubject] = [:]
    try Files.forEachLine(of: "\(folder.path)/\(file)") { number, bytes in
      guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { return }
      guard let line = try? JSONParser.parse(Array(bytes)), let name = line[key]?.string,
        let caseID = line["case"]?.string, let expected = ExpectedRendering(line)
      else {
        tally.failed += 1
        try report("\(file):\(number): not a line of the form {\(key), case, ok, ...}")
        return
      }
      guard wanted.isEmpty || wanted.contains(name) else { return }
      let subject = subjects[name] ?? makeSubject(name)
      subjects[name] = subject
      try tally.count(difference(expected, subject, caseID), "\(name) \(caseID)", report)
    }
  }

  private func difference(
    _ expected: ExpectedRendering, _ subject: ConformanceSubject, _ caseID: ByteString
  ) -> String? {
    guard let request = folder.requests[caseID] else { return "cases.json has no such case" }
    do throws(ConformanceSubject.Fault) {
      let template = try subject.template.get()
      return expected.difference(from: render(template, request, subject.specialTokens))
    } catch {
      switch error {
      case .missing(let message): return message
      case .refused(let error): return expected.difference(from: .failure(error))
      }
    }
  }

  private func render(
    _ template: ChatTemplate, _ request: ConformanceFolder.Request, _ specialTokens: [JSONMember]
  ) -> RenderingOutcome {
    switch request {
    case .failure(let error): return .invalidRequest(error)
    case .success(var request):
      request.specialTokens = specialTokens
      request.clock = folder.clock
      return RenderingOutcome { () throws(TemplateError) in try template.render(request) }
    }
  }

  private func compareMicroTests(
    _ tally: inout Tally, _ report: (String) throws -> Void
  ) throws {
    guard let micro = folder.micro else { return }
    for (index, test) in micro.tests.enumerated() {
      guard let id = test["id"]?.string, let source = test["template"]?.string,
        let expected = ExpectedRendering(test)
      else {
        tally.failed += 1
        try report("micro.json: test \(index): not of the form {id, template, ok, ...}")
        continue
      }
      guard wanted.isEmpty || wanted.contains("micro") || wanted.contains(id) else { continue }
      let outcome = RenderingOutcome { () throws(TemplateError) in
        try ChatTemplate(source: source, name: id.string)
          .render(context: micro.context, clock: folder.clock)
      }
      try tally.count(expected.difference(from: outcome), "micro \(id)", report)
    }
  }
}

extension ConformanceSuite.Tally {
  fileprivate mutating func count(
    _ difference: String?, _ what: String, _ report: (String) throws -> Void
  ) throws {
    if let difference {
      failed += 1
      try report("\(what): \(difference)")
    } else {
      passed += 1
    }
  }
}

extension RenderingOutcome {
  init(_ render: () throws(TemplateError) -> RenderedPrompt) {
    do throws(TemplateError) {
      self = .text(try render().bytes)
    } catch {
      self = .failure(error)
    }
  }
}
