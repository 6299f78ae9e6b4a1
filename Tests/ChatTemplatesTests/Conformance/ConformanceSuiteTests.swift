import Bytes
import ChatTemplates
import TestSupport
import Testing

@Suite struct ConformanceSuiteTests {
  /// The files of a small folder.
  private static let files = [
    "manifest.json": """
    [{"id": "plain", "file": "plain.jinja", "special_tokens": {"bos_token": "<s>"}},
     {"id": "broken", "file": "broken.jinja"}, {"id": "lost", "file": "lost.jinja"},
     {"id": "outside", "file": "../plain.jinja"}]
    """,
    "cases.json": """
    [{"id": "hi", "request": {"messages": [{"role": "user", "content": "Hé"}]}},
     {"id": "no", "request": {"messages": [{"role": "bad"}]}},
     {"id": "odd", "request": {"messages": ["x"]}}]
    """,
    "templates/plain.jinja": """
    {{ bos_token }}{% for m in messages %}{% if m.role == 'bad' %}{{ raise_exception('No.') }}{% endif %}
    {{ m.content }}|{{ strftime_now('%H:%M') }}{% endfor %}
    """,
    "templates/broken.jinja": "{% if %}",
    "expected.jsonl": "",
  ]

  /// Compares a folder of which some files are others; returns the reports and the tally.
  private func run(
    _ changes: [String: String], only: [ByteString] = []
  ) throws -> (reports: [String], tally: ConformanceSuite.Tally) {
    try Command.withTemporaryFolder { folder in
      try Files.makeFolder(folder + "/templates")
      for (name, text) in Self.files.merging(changes, uniquingKeysWith: { $1 }) {
        try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
      }
      var reports: [String] = []
      let tally = try ConformanceSuite(folder: folder, only: only).run(
        model: { name in
          guard name == "ours" else { return ConformanceSubject(fault: "no profile") }
          return ConformanceSubject(specialTokens: []) { () throws(TemplateError) in
            try ChatTemplate(source: "{{ messages[0].content }}", name: "ours.jinja")
          }
        }, report: { reports.append($0) })
      return (reports, tally)
    }
  }

  private func report(of line: String) throws -> String? {
    let (reports, tally) = try run(["expected.jsonl": line])
    #expect(tally.passed + tally.failed == 1)
    #expect(tally.failed == reports.count)
    return reports.first
  }

  @Test(arguments: [
    #"{"template": "plain", "case": "hi", "ok": true, "text": "<s>Hé|07:08"}"#,
    #"{"template": "plain", "case": "no", "ok": false, "kind": "template_raise", "message": "No."}"#,
    #"{"template": "plain", "case": "no", "ok": false, "kind": "engine", "message": "another"}"#,
    #"{"template": "plain", "case": "odd", "ok": false, "kind": "engine"}"#,
    #"{"template": "broken", "case": "hi", "ok": false, "kind": "engine"}"#,
  ])
  func whatTheReferenceDoesPasses(line: String) throws {
    #expect(try report(of: line) == nil)
  }

  @Test(arguments: [
    (
      #"{"template": "plain", "case": "hi", "ok": true, "text": "<s>He|07:08"}"#,
      #"plain hi: byte 4: expected "<s>He|07:08", got "<s>Hé|07:08""#
    ),
    (
      #"{"template": "plain", "case": "hi", "ok": true, "text": "<s>Hé|07:08\n"}"#,
      #"plain hi: byte 12: expected "<s>Hé|07:08\n", got "<s>Hé|07:08""#
    ),
    (
      #"{"template": "plain", "case": "no", "ok": true, "text": ""}"#,
      "plain no: expected a text, got the error plain.jinja:1:81: error: No."
    ),
    (
      #"{"template": "plain", "case": "no", "ok": false, "kind": "template_raise", "message": "Yes\n"}"#,
      #"plain no: expected the message "Yes\n", got plain.jinja:1:81: error: No."#
    ),
    (
      #"{"template": "plain", "case": "hi", "ok": false, "kind": "template_raise", "message": "No."}"#,
      #"plain hi: expected the template to raise "No.", got "<s>Hé|07:08""#
    ),
    (
      #"{"template": "plain", "case": "hi", "ok": false, "kind": "engine"}"#,
      #"plain hi: expected an error, got "<s>Hé|07:08""#
    ),
    (
      #"{"template": "what", "case": "hi", "ok": true, "text": ""}"#,
      "what hi: manifest.json has no such template"
    ),
    (
      #"{"template": "plain", "case": "what", "ok": true, "text": ""}"#,
      "plain what: cases.json has no such case"
    ),
    (
      #"{"template": "outside", "case": "hi", "ok": false, "kind": "engine"}"#,
      "outside hi: the file ../plain.jinja is not in templates/"
    ),
    ("nonsense", "expected.jsonl:1: not a line of the form {template, case, ok, ...}"),
  ])
  func saysHowAPairDiffers(line: String, expected: String) throws {
    #expect(try report(of: line) == expected)
  }

  @Test func aTemplateThatIsNotThereFailsEvenWhereAnErrorIsExpected() throws {
    let report = try report(
      of: #"{"template": "lost", "case": "hi", "ok": false, "kind": "engine"}"#)
    #expect(report?.hasSuffix("lost.jinja: error: cannot open: No such file or directory") == true)
  }

  @Test func longTextsAreShownInPart() throws {
    let text = String(repeating: "é", count: 100)
    let (reports, _) = try run([
      "templates/plain.jinja": text + "y" + text,
      "expected.jsonl":
        #"{"template": "plain", "case": "hi", "ok": true, "text": "\#(text)x\#(text)"}"#,
    ])
    let before = "…\"" + String(repeating: "é", count: 12)
    let behind = String(repeating: "é", count: 20) + "\"…"
    #expect(
      reports == ["plain hi: byte 200: expected \(before)x\(behind), got \(before)y\(behind)"])
  }

  @Test func comparesCatalogueAndMicroTestsIfTheyAreThere() throws {
    let changes = [
      "catalogue.jsonl": """
      {"model": "ours", "case": "hi", "ok": true, "text": "Hé"}

      {"model": "theirs", "case": "hi", "ok": false, "kind": "engine"}
      """,
      "micro.json": """
      {"context": {"x": 7}, "now": "2001-02-03T04:05:06.789",
       "tests": [{"id": "m1", "template": "{{ x }} {{ strftime_now('%Y %S') }}", "ok": true,
                  "text": "7 2001 06"},
                 {"id": "m2", "template": "{{ x.y.z }}", "ok": true, "text": ""}, {"id": 3}]}
      """,
    ]
    let (reports, tally) = try run(changes)
    #expect([tally.passed, tally.failed] == [2, 3])
    #expect(
      reports == [
        "theirs hi: no profile",
        "micro m2: expected a text, got the error m2:1:8: error: 'int object' has no attribute 'y'",
        "micro.json: test 2: not of the form {id, template, ok, ...}",
      ])
    #expect(try run(changes, only: ["ours"]).tally.passed == 1)
    #expect(try run(changes, only: ["m1", "ours"]).tally.passed == 2)
    #expect(try run(changes, only: ["micro"]).tally.passed == 1)
    #expect(try run(changes, only: ["what"]).reports.count == 1)
  }

  @Test(arguments: [
    ("manifest.json", ""), ("manifest.json", "{}"), ("manifest.json", "[{}]"),
    ("cases.json", "[3]"), ("cases.json", #"[{"id": "x"}]"#), ("micro.json", "["),
  ])
  func refusesFoldersOfAnotherForm(file: String, content: String) throws {
    let error = #expect(throws: ConformanceError.self) { try run([file: content]) }
    #expect(error?.file.hasSuffix("/" + file) == true)
  }

  @Test func namesTheFileThatIsMissing() throws {
    try Command.withTemporaryFolder { folder in
      let error = #expect(throws: ConformanceError.self) { try ConformanceSuite(folder: folder) }
      #expect(error?.description == "\(folder)/expected.jsonl: error: there is no such file")
    }
  }
}
