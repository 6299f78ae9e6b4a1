extension PromptPage {
  static let style = """
    :root {
      --system: light-dark(#5b8def, #5f8fe8); --tools: light-dark(#8f6fd8, #9c80dd);
      --turn: light-dark(#2a9d8f, #37a799); --opening: light-dark(#98a2ad, #66707c);
      --block: light-dark(#e0a030, #c98f2b); --reference: light-dark(#d9743f, #d07a4b);
      --annotation: light-dark(#c2649a, #c7709f); --query: light-dark(#d64f5c, #d9606b);
      --closing: light-dark(#98a2ad, #66707c); --reuse: light-dark(#2e9e4f, #46b266);
      --tint: light-dark(#e2f5e6, #16351e); --odd: light-dark(#eceff2, #2b313a);
    }
    .system { --kind: var(--system); } .tools { --kind: var(--tools); } .turn { --kind: var(--turn); }
    .opening { --kind: var(--opening); } .block { --kind: var(--block); } .query { --kind: var(--query); }
    .reference { --kind: var(--reference); } .annotation { --kind: var(--annotation); }
    .closing { --kind: var(--closing); }
    .bar { display: flex; height: 2.6rem; margin: 0; padding: 0; list-style: none; gap: 1px; }
    .bar li { flex: 0 1 0; min-width: 2px; background: var(--kind); overflow: hidden; }
    .bar li:first-child { border-radius: 4px 0 0 4px; } .bar li:last-child { border-radius: 0 4px 4px 0; }
    .bar a { display: block; height: 100%; padding: .65rem .35rem; overflow: hidden; white-space: nowrap;
      text-overflow: ellipsis; font-size: .8rem; line-height: 1.3; color: #10141a; text-decoration: none; }
    .bar a:hover { background: #fff5; }
    .bar a:focus-visible { outline-offset: -3px; outline-color: #10141a; }
    .reuse { height: .45rem; margin-top: 3px; background: var(--panel); border-radius: 3px; overflow: hidden; }
    .reuse span { display: block; height: 100%; background: var(--reuse); }
    .key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; background: var(--kind);
      margin-left: .7rem; }
    .key:first-child { margin-left: 0; }
    .turns { width: 100%; } .turns td:nth-child(2) { width: 70%; vertical-align: middle; }
    .share { display: flex; height: 1rem; }
    .shared { background: light-dark(#7b8794, #6f7b88); } .fresh { background: light-dark(#e0a030, #c98f2b); }
    .switches { border: 1px solid var(--line); border-radius: 6px; display: inline-flex; gap: 1.2rem;
      padding: .2rem .8rem .4rem; margin: 0; }
    .part { border-left: 4px solid var(--kind); padding: .1rem 0 .1rem .9rem; margin: 1.1rem 0;
      scroll-margin-top: 1rem; content-visibility: auto; contain-intrinsic-size: auto 20rem; }
    .part > p { font-size: .85rem; margin: .1rem 0 .4rem; overflow-wrap: anywhere; }
    .part:target > h3 { text-decoration: underline; text-decoration-thickness: 3px; }
    .text { font-family: var(--mono); font-size: .84rem; line-height: 1.65; white-space: pre-wrap;
      overflow-wrap: anywhere; unicode-bidi: isolate; padding: .15rem .3rem; }
    .text:focus-visible { outline-offset: -1px; }
    .text i { font-style: normal; }
    body:has(#edges:checked) .text i:nth-child(odd) { background: var(--odd); }
    body:has(#pages:checked) .text .p { box-shadow: -2px 0 0 0 var(--accent); }
    .text .s { box-shadow: -3px 0 0 0 var(--query); }
    body:has(#tint:checked) .cached, body:has(#tint:checked) .cached i:nth-child(odd) { background: var(--tint); }
    body:has(#tint:checked):has(#edges:checked) .cached i:nth-child(odd) {
      background: light-dark(#c9ebd1, #1f4a2a); }
    .text i:hover, .text i.now { background: var(--mark) !important; }
    .text i.now { outline: 2px solid var(--accent); }
    .text i.hit { background: var(--mark) !important; }
    .ref { text-decoration: underline; text-underline-offset: 3px; }
    #status { position: fixed; inset: auto 0 0 0; padding: .45rem 1.25rem; background: var(--panel);
      border-top: 1px solid var(--line); font-family: var(--mono); font-size: .84rem; min-height: 2.2rem;
      white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    #status:empty { display: none; }
    @media (max-width: 40rem) { .switches { flex-wrap: wrap; gap: .5rem; } .turns td:nth-child(2) { width: 30%; } }

    """

  static let script = """
    (() => {
      const data = JSON.parse(document.getElementById('data').textContent);
      const status = document.getElementById('status');
      const known = new Map();
      let now = null;

      function pieces(part) {
        if (!known.has(part)) known.set(part, [...part.querySelectorAll('.text i')]);
        return known.get(part);
      }

      function describe(piece) {
        const part = piece.closest('.part');
        const position = data.starts[+part.dataset.n] + pieces(part).indexOf(piece);
        let text = 'token ' + position + ', id ' + data.ids[position];
        if (data.page > 1) text += ', page ' + Math.floor(position / data.page);
        piece.title = text;
        status.textContent = text + ': ' + JSON.stringify(piece.textContent);
      }

      function piece(position) {
        let n = data.starts.length - 1;
        while (n > 0 && data.starts[n] > position) n -= 1;
        return pieces(document.getElementById('s' + n))[position - data.starts[n]];
      }

      function choose(next) {
        if (now) now.classList.remove('now');
        now = next;
        now.classList.add('now');
        now.scrollIntoView({ block: 'nearest' });
        describe(now);
      }

      document.addEventListener('pointerover', (event) => {
        if (event.target.matches('.text i')) describe(event.target);
      });

      document.addEventListener('keydown', (event) => {
        const text = event.target;
        if (!text.matches('.text') || event.ctrlKey || event.metaKey || event.altKey) return;
        const all = pieces(text.closest('.part'));
        const at = all.indexOf(now);
        const to = { ArrowRight: at + 1, ArrowLeft: Math.max(at - 1, 0), Home: 0, End: all.length - 1 }[event.key];
        if (to === undefined || !all[to]) return;
        event.preventDefault();
        choose(all[to]);
      });

      document.addEventListener('click', (event) => {
        const link = event.target.closest('a.ref[data-from]');
        if (!link) return;
        for (const old of document.querySelectorAll('i.hit')) old.classList.remove('hit');
        for (let i = +link.dataset.from; i < +link.dataset.to; i += 1) piece(i).classList.add('hit');
        requestAnimationFrame(() => piece(+link.dataset.from).scrollIntoView({ block: 'center' }));
      });
    })();

    """
}
