extension DifferencePage {
  static let style = """
    .bars { margin: 1rem 0; }
    .row { display: grid; grid-template-columns: minmax(6rem, 16rem) 1fr; gap: 1rem; align-items: center;
      margin: .3rem 0; }
    .name { overflow-wrap: anywhere; }
    .bar { display: flex; height: 1.4rem; background: var(--panel); border-radius: 3px; overflow: hidden; }
    .bar > span { min-width: 2px; }
    .key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-left: .8rem; }
    .key:first-child { margin-left: 0; }
    .bar .shared, .key.shared { background: light-dark(#7b8794, #6f7b88); }
    .bar .first, .key.first { background: light-dark(#e0594b, #e0695c); }
    .bar .second, .key.second { background: light-dark(#2e9e4f, #46b266); }
    .bar .tail, .key.tail { background: light-dark(#c9d0d8, #3f4853); }
    .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
    .side { background: var(--panel); border-radius: 6px; padding: .8rem 1rem; border-top: 4px solid; min-width: 0; }
    .side.first { border-color: light-dark(#e0594b, #e0695c); }
    .side.second { border-color: light-dark(#2e9e4f, #46b266); }
    dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem 1rem; margin: .5rem 0; }
    dt { color: var(--quiet); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .pieces { font-family: var(--mono); font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    .pieces > :nth-child(odd) { background: light-dark(#e7eaee, #2a303a); }
    .pieces .known { opacity: .7; }
    .pieces > mark:nth-child(n) { background: var(--mark); color: inherit; outline: 2px solid var(--accent); }
    .lines { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; font-family: var(--mono);
      font-size: .82rem; line-height: 1.5; }
    .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); content-visibility: auto;
      contain-intrinsic-size: auto 1.25rem; }
    .cell { white-space: pre-wrap; overflow-wrap: anywhere; padding: 0 .5rem 0 3.6rem; text-indent: -3.2rem;
      border-right: 1px solid var(--line); min-width: 0; min-height: 1.5em; unicode-bidi: isolate;
      text-decoration: none; }
    .cell + .cell { border-right: 0; }
    .cell[data-n]::before { content: attr(data-n); display: inline-block; width: 2.6rem; margin-right: .6rem;
      text-indent: 0; text-align: end; color: var(--quiet); }
    .other .first { background: var(--first); }
    .other .second { background: var(--second); }
    .none { background: var(--panel); }
    .cell em { font-style: normal; font-weight: 700; text-decoration: underline; text-decoration-thickness: 2px; }
    .first em { color: var(--first-ink); }
    .second em { color: var(--second-ink); }
    summary { padding: .2rem .75rem; background: var(--panel); color: var(--quiet); cursor: pointer;
      border-block: 1px solid var(--line); font-family: system-ui, sans-serif; }
    @media (max-width: 40rem) {
      .row { grid-template-columns: 1fr; gap: 0; }
      .cell { padding-left: .4rem; text-indent: 0; }
      .cell[data-n]::before { width: auto; }
    }

    """

  static let script = """
    (() => {
      const changes = [...document.querySelectorAll('.change')];
      let current = -1;
      document.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || changes.length === 0) return;
        if (event.key === 'n') current = Math.min(current + 1, changes.length - 1);
        else if (event.key === 'p') current = Math.max(current - 1, 0);
        else return;
        changes[current].focus();
        changes[current].scrollIntoView({ block: 'center' });
      });
    })();

    """
}
