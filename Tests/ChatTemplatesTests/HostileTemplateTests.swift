import Bytes
import ChatTemplates
import Testing

/// Templates that want too much end in an error with the limits that hold by default.
@Suite struct HostileTemplateTests {
  @Test(arguments: [
    "{% macro m(a, b) %}{{ m([a, b], b ~ 'x') }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(50) }}",
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "{% for a in range(100000) %}{% for b in range(100000) %}{{ b }}{% endfor %}{% endfor %}",
    "{% for a in [1] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "{{ range(10 ** 9) }}", "{{ range(10 ** 9) | list }}",
  ])
  func endlessWorkIsRefused(template: String) {
    #expect(renderError(template)?.kind == .limit)
  }

  /// What doubles a text or a list each time.
  @Test(arguments: [
    "n.x + n.x", "n.x ~ n.x", "[n.x, n.x] | join", "n.x | replace('a', 'aa')",
    "'%s%s' % (n.x, n.x)",
    "'{0}{0}'.format(n.x)", "n.x * 2", "(n.x | list * 2) | join", "n.x.join(['a', n.x])",
    "(n.x, n.x)",
    "[n.x] + [n.x] | list", "{1: n.x, 2: [n.x, n.x]}",
    "(n.x ~ '\\na') | indent(n.x | length, true)",
    "n.x.replace('', 'a')", "n.x.center(2 * n.x | length)", "[n.x, n.x] | tojson",
  ])
  func doublingIsRefused(expression: String) {
    let template =
      "{% set n = namespace(x='a') %}{% for i in range(900) %}{% set n.x = \(expression) %}"
      + "{% endfor %}{{ n.x | string | length }}"
    #expect(renderError(template)?.kind == .limit)
  }

  @Test(arguments: [
    "'a' * 10 ** 12", "[0] * 10 ** 12", "'%1000000000d' % 1", "'%.1000000000f' % 1.5",
    "'%*d' % (10 ** 9, 1)", "'{:1000000000}'.format(1)", "'{:.1000000000f}'.format(1.5)",
    "'{:01000000000,}'.format(1)", "'{:{}}'.format('a', 10 ** 9)", "'a'.center(10 ** 9)",
    "'a' | center(10 ** 9)", "'a'.ljust(10 ** 9)", "'a'.rjust(10 ** 9)", "'a'.zfill(10 ** 9)",
    "'a\\nb' | indent(10 ** 9)", "[[1]] | tojson(indent=10 ** 9)", "'\\t'.expandtabs(10 ** 9)",
    "strftime_now('%1000000000d')", "[1] | batch(10 ** 9, 0) | list", "[1] | slice(10 ** 9) | list",
    "'a' * 10 ** 7", "('ab' * 4000000).split('b')", "('a ' * 4000000).split()",
    "('a\\n' * 4000000).splitlines()", "('ab' * 4000000).rsplit('b')", "('ab' * 4000000) | list",
    "('a' * 4000000).replace('a', 'b')",
  ])
  func hugeValuesAreRefused(expression: String) {
    #expect(renderError("{{ (\(expression)) | length }}")?.kind == .limit)
  }

  /// Lists that keep what loops make.
  @Test(arguments: [
    "'x' * 60000", "'x' * 6000000", "[0] * 1000", "{'a': i}", "namespace(a=i)", "i | string",
    "'ab'.split('b')", "range(1000) | list", "'abc' | list", "{'a': 1}.items() | list",
  ])
  func hoardingIsRefused(expression: String) {
    let template =
      "{% set n = namespace(l=[]) %}{% for i in range(100000) %}"
      + "{% set n.l = [\(expression)] + n.l[:1000] %}{% endfor %}"
    #expect(renderError(template)?.kind == .limit)
  }

  @Test(arguments: [
    "''.__class__.__mro__", "''['__class__']['__mro__']", "(''|attr('__class__')).__mro__",
    "[].__class__.__base__.__subclasses__()", "range.__globals__.os", "range.__init__.__globals__",
    "namespace.__init__.__globals__", "self.__init__.__globals__", "cycler.__init__.__globals__",
    "m.__globals__.os", "m.__code__.co_consts", "loop.__class__.__mro__", "x.__class__.__mro__",
    "'{0.__class__.__mro__}'.format('').x.y", "[1].append(2)", "{}.update({1: 2})",
    "[2, 1].sort()", "{'a': 1}.pop('a')", "{'a': 1}.clear()", "{'a': 1}.setdefault('b', 1)",
    "namespace(_a=1)", "namespace(**{'__class__': 1})", "[1].__len__()", "'a'.__add__('b')",
    "dict.__subclasses__()", "strftime_now.__globals__.datetime", "raise_exception.__code__.x",
  ])
  func theSandboxHasNoWayOut(expression: String) {
    let template = "{% macro m() %}{% endmacro %}{% for x in [1] %}{{ \(expression) }}{% endfor %}"
    #expect(renderError(template)?.kind == .runtime)
  }
}

// MARK: - Sources

extension HostileTemplateTests {
  @Test(arguments: [
    ("(", ")"), ("[", "]"), ("{1: ", "}"), ("not ", ""), ("-", ""), ("1 if x else ", ""),
    ("x(", ")"),
    ("x[", "]"), ("x|f(", ")"), ("1 is eq(", ")"), ("(1, ", ")"), ("- - + ", ""),
  ])
  func deepExpressionsAreRefused(open: String, close: String) {
    let count = 100_000 / open.utf8.count
    let source =
      String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
    #expect(renderError("{{ \(source) }}")?.kind == .limit)
  }

  @Test(arguments: [
    "if x", "for x in y", "macro m()", "filter upper", "set x", "with", "generation",
  ])
  func deepStatementsAreRefused(tag: String) {
    let word = tag.split(separator: " ")[0]
    let source =
      String(repeating: "{% \(tag) %}", count: 20_000)
      + String(repeating: "{% end\(word) %}", count: 20_000)
    #expect(renderError(source)?.kind == .limit)
  }

  @Test(arguments: [
    "{{", "{{ x", "{{ 'a", "{{ \"a\\", "{%", "{% if x", "{% if x %}", "{#", "{# a #", "{% raw %}x",
    "{{ (",
    "{{ [1,", "{{ {1:", "{{ x.", "{{ x|", "{{ x is", "{{ 1 if", "{% set x", "{% for x in",
    "{% macro m(",
    "{% call", "{{ x[1:", "{{ 'a' % ", "{%-", "{{-", "{#-", "{{ -", "{% set x %}", "{{ x }",
    "{% if x %",
  ])
  func whatDoesNotEndIsRefused(source: String) {
    #expect(renderError(source)?.kind == .syntax)
    #expect(renderError("text\n" + source + String(repeating: " ", count: 10_000)) != nil)
  }

  @Test(arguments: ["a", "{{ x }}", "{% set x = 1 %}", "{# a #}", "\n", "{", "{{ '{{' }}", "}}"])
  func hugeSourcesAreRefused(part: String) {
    let source = String(
      repeating: part, count: (RenderLimits.sourceBytes + 1) / part.utf8.count + 1)
    #expect(renderError(source)?.kind == .limit)
  }

  @Test func longTokensAreNoTrouble() throws {
    let letters = String(repeating: "a", count: 900_000)
    #expect(try render("{{ '\(letters)' | length }}") == "900000")
    #expect(try render("{{ \(letters) is defined }}") == "False")
    #expect(renderError("{{ \(String(repeating: "9", count: 900_000)) }}")?.kind == .syntax)
  }

  /// A long conversation may take more than a short one.
  @Test func limitsGrowWithTheRequest() throws {
    let template =
      "{% set n = namespace(t='') %}{% for m in messages %}{% for o in messages %}"
      + "{% if o == m %}{% set n.t = n.t + m %}{% endif %}{% endfor %}{% endfor %}{{ n.t | length }}"
    let text = String(repeating: "x", count: 1_000)
    let context = "{\"messages\": [\((0..<600).map { "\"\($0)\(text)\"" }.joined(separator: ","))]}"
    #expect(try render(template, context) == "601690")
    #expect(renderError(template, context, limits: RenderLimits(stepsPerByte: 0))?.kind == .limit)
  }
}
