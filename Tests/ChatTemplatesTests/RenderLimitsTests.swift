import Bytes
import ChatTemplates
import Testing

/// A hostile template ends in an error, soon.
@Suite struct RenderLimitsTests {
  @Test(arguments: ["(", "[", "{1: ", "not ", "-", "x[", "f(", "x if ", "1 if x else "])
  func deepExpressionsAreRefused(opening: String) {
    let nested = String(repeating: opening, count: 10_000)
    #expect(renderError("{{ \(nested)1 }}") != nil)
  }

  @Test(arguments: [
    "{% if x %}", "{% for x in y %}", "{% macro m() %}", "{% filter upper %}", "{% set x %}",
    "{% call m() %}", "{% generation %}", "{% with %}",
  ])
  func deepStatementsAreRefused(opening: String) {
    #expect(renderError(String(repeating: opening, count: 10_000))?.kind == .limit)
  }

  @Test(arguments: [".a", "[0]", "()", "|e", " is x", " if x"])
  func longChainsAreRefused(link: String) {
    #expect(renderError("{{ x" + String(repeating: link, count: 10_000) + " }}") != nil)
  }

  @Test func longSumsAreNoChains() throws {
    let sum = String(repeating: " + 1", count: 10_000)
    #expect(try render("{{ 0\(sum) }}") == "10000")
    let text = String(repeating: " ~ 'a'", count: 10_000)
    #expect(try render("{{ (''\(text)) | length }}") == "10000")
  }

  @Test(arguments: [
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{{ caller }}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% macro m(x=m()) %}{% endmacro %}{{ m() }}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% macro m() %}{% set x | upper %}{{ [{'a': m()}] }}{% endset %}{% endmacro %}{{ m() }}",
    "{% macro m() %}{% for i in [1] %}{% filter upper %}{{ (m() ~ '') | trim }}{% endfilter %}"
      + "{% endfor %}{% endmacro %}{{ m() }}",
  ])
  func runawayRecursionIsRefused(template: String) {
    #expect(renderError(template)?.kind == .limit)
  }

  @Test(arguments: [
    "{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{% if a in range(99999) | list %}{% endif %}{% endfor %}",
    "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
      + "{{ n.x }}",
    "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
      + "{{ n.x | tojson }}",
    "{% set n = namespace(x=(1,)) %}{% for i in range(99) %}{% set n.x = (n.x, n.x) %}{% endfor %}"
      + "{{ {n.x: 1} }}{{ n.x == n.x }}",
  ])
  func tooManyStepsAreRefused(template: String) {
    let limits = RenderLimits(steps: 200_000, textBytes: 1 << 20)
    #expect(renderError(template, limits: limits)?.kind == .limit)
  }

  @Test(arguments: [
    "{{ 'a' * 1000000000000 }}", "{{ 'ab' * 9223372036854775807 }}", "{{ [1] * 99999999999 }}",
    "{{ 'a'.center(9223372036854775807) }}", "{{ 'a'.zfill(99999999999) }}",
    "{{ '%99999999999d' % 1 }}", "{{ '{:99999999999}'.format(1) }}",
    "{{ 'a' | indent(99999999999) }}", "{{ [1] | tojson(indent=99999999999) }}",
    "{{ [1] | batch(99999999999, 0) | list }}", "{{ [1] | slice(99999999999) | list }}",
    "{{ ('a' * 100000).replace('a', 'b' * 100000) }}", "{{ range(99999999999) }}",
    "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "{% set n = namespace(x='ab') %}{% for i in range(99) %}"
      + "{% set n.x = [n.x, n.x] | join %}{% endfor %}",
    "{% set x = 'a' * 10000 %}{% for i in range(99999) %}{{ x }}{% endfor %}",
  ])
  func hugeTextsAreRefused(template: String) {
    let limits = RenderLimits(textBytes: 1 << 24)
    #expect(renderError(template, limits: limits)?.kind == .limit)
  }

  @Test(arguments: [
    "'abc'.center(N)", "'abc'.ljust(N)", "'abc'.zfill(N)", "'abc' | truncate(N)",
    "'abc' | indent(N)",
    "'abc' | truncate(5, true, '', N)", "[1] | batch(N) | list", "[1] | slice(N) | list",
    "'abc'[N:]", "'abc'[:N]", "'abc'[::N]", "'abc'[1::N]", "'abc'[N]", "[1, 2][::N]", "[1][N]",
    "range(N)", "range(0, N)", "range(0, N, -1)", "range(N, 5)", "range(0, 5, N)", "range(5, 0, N)",
    "range(N, N)", "range(3)[::N]", "range(3)[N:]", "range(3)[N]", "-N", "N // -1", "N % -1",
    "N - 1",
    "N * N", "N ** 2", "2 ** N", "N ** N", "1 ** N", "N | abs", "N | round(-3)", "1.5 | round(N)",
    "'a' * N", "N * [1]", "'abc'.find('a', N)", "'abc'.count('a', 0, N)", "'abc'.split('b', N)",
    "'abc'.replace('b', 'c', N)", "'abc'.rsplit('b', N)", "'5' | int(base=N)",
    "[] | tojson(indent=N)",
    "'%d' % N", "'{:d} {:,}'.format(N, N)", "'{:x}'.format(N)", "N is odd", "N is divisibleby(N)",
    "N | tojson", "N | string", "[N, 1.5] | sort", "N | float | int", "{N: 1}[N]",
  ])
  func extremeIntegersAreNoTrap(expression: String) {
    for value in ["(-9223372036854775807 - 1)", "9223372036854775807"] {
      let template = expression.replacing("N", with: value)
      _ = renderError("{{ \(template) }}", limits: RenderLimits(textBytes: 1 << 20))
    }
  }

  @Test func namespacesMayReferToThemselves() throws {
    let cycle = "{% set n = namespace() %}{% set n.n = n %}{{ n.n.n.n is defined }}"
    #expect(try render(cycle) == "True")
    #expect(renderError(cycle + "{{ n }}")?.kind == .limit)
    let chain =
      "{% set n = namespace() %}{% for i in range(50000) %}"
      + "{% set n.n = namespace(n=n.n) %}{% endfor %}{{ n.n.n.n.n is defined }}"
    #expect(try render(chain) == "True")
  }

  @Test func deepValuesAreRefused() {
    let template =
      "{% set n = namespace(x=1) %}{% for i in range(50000) %}{% set n.x = [n.x] %}{% endfor %}"
    #expect(renderError(template)?.kind == .limit)
  }

  @Test func searchesAreLinear() throws {
    let template =
      "{% set a = 'a' * 400000 %}{% set b = 'a' * 200000 ~ 'b' %}"
      + "{{ b in a }}{{ a.find(b) }}{{ a.split(b) | length }}{{ a.count(b) }}"
    #expect(try render(template) == "False-110")
  }
}
