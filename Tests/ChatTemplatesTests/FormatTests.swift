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
  ]

  @Test(arguments: formats)
  func formatsLayOut(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }
}
