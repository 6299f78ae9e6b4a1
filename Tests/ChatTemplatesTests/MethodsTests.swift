import Testing

/// The expected texts are those of jinja2 3.1.6, set up as transformers does.
@Suite struct MethodsTests {
  private static let methods: [RenderCase] = [
    RenderCase(
      "{{ '  a '.strip() }}|{{ 'xax'.lstrip('x') }}|{{ 'xax'.rstrip('x')"
        + " }}|{{ '\\u3000a\\xa0\\x1c\\x85'.strip() }}|{{ '\\u200ba\\ufeff'.strip()"
        + " | length }}",
      "a|ax|xa|a|3"),
    RenderCase(
      "{{ 'a,b,,c'.split(',') }}{{ ' a  b '.split() }}{{ 'a,b,c'.split(',',"
        + " 1) }}{{ 'a b  c '.split(none, 1) }}{{ 'a,b,c'.rsplit(',', 1)"
        + " }}{{ ' a b c'.rsplit(none, 1) }}{{ ''.split() }}{{ ''.split(',')"
        + " }}{{ 'aaa'.rsplit('aa') }}{{ 'a b'.split(maxsplit=0) }}",
      "['a', 'b', '', 'c']['a', 'b']['a', 'b,c']['a', 'b  c ']['a,b',"
        + " 'c'][' a b', 'c'][]['']['a', '']['a b']"),
    RenderCase(
      "{{ 'a\\nb\\r\\nc\\u2028d\\n'.splitlines() }}{{ 'a\\nb'.splitlines(true) }}",
      "['a', 'b', 'c', 'd']['a\\n', 'b']"),
    RenderCase(
      "{{ 'a-b-c'.partition('-') }}{{ 'a-b-c'.rpartition('-') }}{{ 'abc'.partition('-')"
        + " }}{{ 'abc'.rpartition('-') }}",
      "('a', '-', 'b-c')('a-b', '-', 'c')('abc', '', '')('', '', 'abc')"),
    RenderCase(
      "{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith(('x', 'c')) }}{{"
        + " 'abc'.startswith('b', 1) }}{{ 'abc'.endswith('b', 0, 2) }}",
      "TrueTrueTrueTrue"),
    RenderCase(
      "{{ 'hello'.find('l') }}{{ 'hello'.rfind('l') }}{{ 'hello'.find('z')"
        + " }}{{ 'hello'.index('e') }}{{ 'hello'.count('l') }}{{ 'éa'.find('a')"
        + " }}{{ 'abab'.find('a', 1) }}{{ 'aaa'.count('') }}",
      "23-112124"),
    RenderCase(
      "{{ 'aXb'.replace('X', '') }}{{ 'aaa'.replace('a', 'b', 1) }}{{ 'ab'.replace('', '-') }}",
      "abbaa-a-b-"),
    RenderCase(
      "{{ 'hELLO wOrLd'.capitalize() }} {{ \"they're x1y\".title() }}"
        + " {{ 'aB'.swapcase() }} {{ 'ΑΣ'.lower() }} {{ 'ß'.upper() }} {{"
        + " 'ǆ'.title() }}",
      "Hello world They'Re X1Y Ab ας SS ǅ"),
    RenderCase(
      "{{ 'ab'.center(6, '*') }}{{ 'ab'.center(5, '*') }}{{ 'abc'.center(6,"
        + " '*') }}{{ 'ab'.ljust(4, '.') }}{{ 'ab'.rjust(4) }}{{ '-5'.zfill(4)"
        + " }}{{ '5'.zfill(3) }}",
      "**ab****ab**abc**ab..  ab-005005"),
    RenderCase(
      "{{ '12'.isdigit() }}{{ 'a1'.isalnum() }}{{ 'ab'.isalpha() }}{{"
        + " ' '.isspace() }}{{ 'A'.isupper() }}{{ 'a'.islower() }}{{ ''.isdigit()"
        + " }}{{ '²'.isdigit() }}{{ '½'.isnumeric() }}{{ '²'.isdecimal()"
        + " }}{{ 'é'.isascii() }}",
      "TrueTrueTrueTrueTrueTrueFalseTrueTrueFalseFalse"),
    RenderCase("{{ '-'.join(['a', 'b']) }}{{ ', '.join({'x': 1}) }}", "a-bx"),
    RenderCase(
      "{{ 'prefix-a'.removeprefix('prefix-') }}{{ 'a.txt'.removesuffix('.txt')"
        + " }}{{ 'a'.removeprefix('b') }}",
      "aaa"),
    RenderCase(
      "{{ {'a': 1}.get('a') }}{{ {'a': 1}.get('z') }}{{ {'a': 1}.copy()"
        + " }}{{ [1, 2, 1].count(1) }}{{ (1, 2).index(2) }}",
      "1None{'a': 1}21"),
  ]

  @Test(arguments: methods)
  func methodsReturn(_ test: RenderCase) throws {
    let text = try render(test.template)
    #expect(text == test.expected)
  }
}
