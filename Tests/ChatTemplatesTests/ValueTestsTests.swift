import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct ValueTestsTests {
  private static let tests: [RenderCase] = [
    RenderCase(
      "{{ x is defined }}{{ x is undefined }}{{ none is none }}{{ 1 is none }}",
      "FalseTrueTrueFalse"),
    RenderCase(
      "{{ true is boolean }}{{ 1 is boolean }}{{ true is true }}{{ 1"
        + " is true }}{{ 0 is false }}{{ false is false }}",
      "TrueFalseTrueFalseFalseTrue"),
    RenderCase(
      "{{ 1 is number }}{{ 1.5 is number }}{{ true is number }}{{ '1'"
        + " is number }}{{ 1 is integer }}{{ 1.0 is float }}{{ true is integer"
        + " }}",
      "TrueTrueTrueFalseTrueTrueFalse"),
    RenderCase(
      "{{ 'a' is string }}{{ [] is string }}{{ {} is mapping }}{{ []"
        + " is sequence }}{{ {} is sequence }}{{ 'a' is iterable }}{{ 1 is"
        + " iterable }}{{ (1,) is sequence }}",
      "TrueFalseTrueTrueTrueTrueFalseTrue"),
    RenderCase(
      "{{ 2 is even }}{{ 3 is odd }}{{ 9 is divisibleby 3 }}{{ 9 is divisibleby(2) }}",
      "TrueTrueTrueFalse"),
    RenderCase(
      "{{ 1 is in [1] }}{{ 1 is not in [1] }}{{ 'a' is eq 'a' }}{{ 1"
        + " is lt 2 }}{{ 2 is ge(2) }}{{ 1 is ne 1 }}{{ none is sameas none"
        + " }}",
      "TrueFalseTrueTrueTrueFalseTrue"),
    RenderCase(
      "{{ 'AB' is upper }}{{ 'ab' is lower }}{{ '1' is lower }}{{ range"
        + " is callable }}{{ 'upper' is filter }}{{ 'odd' is test }}{{ 'zz'"
        + " is filter }}",
      "TrueTrueFalseTrueTrueTrueFalse"),
    RenderCase(
      "{{ x is not defined and 1 is not none }}{{ 'a' is string and 'b' is string or false }}",
      "TrueTrue"),
  ]

  @Test(arguments: tests)
  func testsHold(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }
}
