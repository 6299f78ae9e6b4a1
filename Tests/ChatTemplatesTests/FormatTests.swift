import ChatTemplates
import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct FormatTests {
  private static let formats: [RenderCase] = [
    RenderCase(
      "{{ '{} {}'.format(1, 'a') }} {{ '{1}{0}'.format('a', 'b') }} {{"
        + " '{x}'.format(x=3) }} {{ '{{}}'.format() }}",
      "1 a ba 3 {}"),
    RenderCase(
      "{{ '{:>6}|{:<6}|{:^6}|{:*^7}|'.format('a', 'b', 'c', 'd') }}",
      "     a|b     |  c   |***d***|"),
    RenderCase(
      "{{ '{:05d} {:+d} {:x} {:X} {:o} {:b} {:#x}'.format(42, 42, 255, 255, 8, 5, 255) }}",
      "00042 +42 ff FF 10 101 0xff"),
    RenderCase(
      "{{ '{:.2f} {:8.3f} {:e} {:g} {:.1%} {:,} {:,.2f}'.format(3.14159,"
        + " 2.5, 12345.678, 0.0001, 0.256, 1234567, 1234.5) }}",
      "3.14    2.500 1.234568e+04 0.0001 25.6% 1,234,567 1,234.50"),
    RenderCase(
      "{{ '{!r} {!s}'.format('a', 'b') }} {{ '{0[k]} {1.real}'.format({'k':"
        + " 'v'}, 5) if false else '{0[k]}'.format({'k': 'v'}) }} {{ '{:.2}'.format('abc')"
        + " }}",
      "'a' b v ab"),
    RenderCase(
      "{{ '%s %r %d %i' % ('a', 'b', 3.7, 4) }} {{ '%5s|%-5s|%05d|%+d|%x|%X|%o'"
        + " % ('a', 'b', 42, 42, 255, 255, 8) }}",
      "a 'b' 3 4     a|b    |00042|+42|ff|FF|10"),
    RenderCase(
      "{{ '%.3f %8.2f %e %g %%' % (3.14159, 2.5, 12345.678, 0.0001) }}"
        + " {{ '%(a)s-%(b)d' % {'a': 1, 'b': 2} }} {{ '%s' % [1] }} {{ '%.2s'"
        + " % 'abc' }}",
      "3.142     2.50 1.234568e+04 0.0001 % 1-2 [1] ab"),
    RenderCase(
      "{{ '{:010,}|{:09,.1f}|{:_x}|{:<08}|{:=+8d}|{:05}'.format(1234, -1234.5, 1048575, 1, 7, 'ab') }}",
      "00,001,234|-01,234.5|f_ffff|10000000|+      7|ab000"),
    RenderCase("{{ '{:{}}|{:{w}.{p}}'.format(1, 4, 3.14159, w=7, p=2) }}", "   1|    3.1"),
    RenderCase(
      "{{ '{:.3} {:.3} {:.3} {:.1}'.format(1.0, 123.0, 1234567.891, 0.00001234) }}",
      "1.0 1.23e+02 1.23e+06 1e-05"),
    RenderCase(
      "{{ '{:c}{:c} {:n} {:n} {:%}'.format(65, 233, 7, 2.5, 0.5) }}", "Aé 7 2.5 50.000000%"),
    RenderCase("{{ '{!a:>8} {!r:5}|'.format('é', 1) }}", "  '\\xe9' 1    |"),
    RenderCase("{{ '{0[a]}{0.b}{0[0]}{0.__class__}|'.format({'a': 1}) }}", "1|"),
    RenderCase("{{ '{:z.1f} {:+} {: }'.format(-0.01, true, 3) }}", "0.0 +1  3"),
    RenderCase("{{ '{} {:5}|'.format(true, true) }}", "True     1|"),
    RenderCase(
      "{{ '%5.3d|%-+6d|%06.1f|% d|%#x|%#o|%#.3g|%c%c' % (7, 7, -2.5, 3, 255, 8, 1, 65, 'é') }}",
      "  007|+7    |-002.5| 3|0xff|0o10|1.00|Aé"),
    RenderCase("{{ '%*d|%-*d|%.*f' % (4, 1, 4, 2, 1, 2.55) }}", "   1|2   |2.5"),
    RenderCase("{{ '%05s|%a|%.1s|%%' % ('x', 'é', 'yz') }}", "    x|'\\xe9'|y|%"),
    RenderCase("{{ '%ld' % 1 ~ '%(a)s %(a)r' % {'a': 'x'} }}", "1x 'x'"),
    RenderCase("{{ 'abc' % {'a': 1} ~ 'abc' % [1] }}", "abcabc"),
    RenderCase("{{ ('<%s>'|safe) % '<' ~ ('<{}>'|safe).format('&') }}", "<&lt;><&amp;>"),
    RenderCase("{{ ('%.1500f' % 0.5) | length }}", "1502"),
  ]

  @Test(arguments: formats)
  func formatsLayOut(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }

  @Test(arguments: [
    "{{ '{:s}'.format(1) }}",
    "{{ '{:.3}'.format(1) }}",
    "{{ '{:5}'.format(none) }}",
    "{{ '{:+}'.format('a') }}",
    "{{ '{:=5}'.format('a') }}",
    "{{ '{:,}'.format('a') }}",
    "{{ '{:,x}'.format(1) }}",
    "{{ '{:q}'.format(1) }}",
    "{{ '{:d}'.format(1.5) }}",
    "{{ '{0} {}'.format(1) }}",
    "{{ '{!x}'.format(1) }}",
    "{{ '{!rx}'.format(1) }}",
    "{{ '{:{:{}}}'.format(1) }}",
    "{{ '{a}'.format(1) }}",
    "{{ '{'.format(1) }}",
    "{{ '}'.format(1) }}",
    "{{ '%5%' % 1 }}", "{{ '%d' % 'a' }}", "{{ '%x' % 1.5 }}", "{{ '%c' % 'ab' }}",
    "{{ '%(a)s' % 1 }}", "{{ '%(b)s' % {'a': 1} }}", "{{ '%*d' % ('a', 1) }}", "{{ '%q' % 1 }}",
    "{{ '%' % 1 }}",
  ])
  func formatsThatDoNotFitAreErrors(template: String) {
    #expect(renderError(template)?.kind == .runtime)
  }
}
