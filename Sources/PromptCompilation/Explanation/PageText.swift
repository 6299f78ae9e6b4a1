/// The parts of pages that all have: what they look like in light and dark.
enum PageText {
  static let commonStyle = """
    :root {
      color-scheme: light dark;
      --page: light-dark(#ffffff, #15181d);
      --panel: light-dark(#f4f5f7, #1e2229);
      --ink: light-dark(#1b1f24, #e3e6ea);
      --quiet: light-dark(#59616b, #9aa4b0);
      --line: light-dark(#d3d8de, #373e48);
      --accent: light-dark(#0b57d0, #8ab4f8);
      --mark: light-dark(#ffe08a, #6b5200);
      --first: light-dark(#ffe3e0, #4a1f1c);
      --first-ink: light-dark(#9b1c10, #ffb4a9);
      --second: light-dark(#daf3df, #14401f);
      --second-ink: light-dark(#0d5f24, #8fdc9f);
      --mono: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 76rem; padding: 1.25rem 1.25rem 5rem; background: var(--page);
      color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h1.mono { font-size: 1.25rem; }
    h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
    h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
    p { margin: .4rem 0; }
    a { color: var(--accent); }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: .5rem; top: .5rem; padding: .25rem .5rem; background: var(--page); z-index: 9; }
    .quiet { color: var(--quiet); }
    code, .mono { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
    table { border-collapse: collapse; }
    th, td { text-align: start; vertical-align: top; padding: .25rem .9rem .25rem 0;
      border-bottom: 1px solid var(--line); }
    th { color: var(--quiet); font-weight: 600; font-size: .85rem; }
    .number { text-align: end; font-variant-numeric: tabular-nums; }
    .scroll { overflow-x: auto; }
    ul.notes { margin: 0; padding-left: 1.1rem; font-size: .875rem; color: var(--quiet); }
    @media print { .skip, #status { display: none; } }

    """
}
