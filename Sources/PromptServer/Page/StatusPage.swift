/// The page of the server for people: a fixed text that asks `/status.json` every two seconds. It needs nothing
/// else, and what it is told is put in as text, never as markup.
enum StatusPage {
  static let html = head + style + body + script

  private static let head = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; connect-src 'self'">
    <title>cpc</title>

    """

  private static let style = """
    <style>
    :root { color-scheme: light dark; --line: #8884; --dim: light-dark(#666, #aaa); --bar: #2a7de1; --old: #8888; }
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 1.5rem auto; padding: 0 1rem; }
    h1 { font-size: 1.3rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
    .dim { color: var(--dim); } .numbers { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1rem 0; }
    .numbers div { display: flex; flex-direction: column-reverse; } .numbers dd { margin: 0; font-size: 1.5rem; }
    .numbers dt { color: var(--dim); font-size: .85rem; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
    td.n, th.n { text-align: right; } .scroll { overflow-x: auto; max-height: 24rem; overflow-y: auto; }
    .scroll:focus-visible { outline: 2px solid var(--bar); }
    #chart { display: flex; align-items: flex-end; gap: 2px; height: 6rem; border-bottom: 1px solid var(--line); }
    #chart i { flex: 1 1 0; max-width: 1rem; background: linear-gradient(to top, var(--bar) var(--hit), var(--old) 0); }
    ul.tree { list-style: none; padding: 0; margin: .3rem 0; font-variant-numeric: tabular-nums; }
    form[hidden], .error:empty { display: none; } .error { color: light-dark(#b00020, #ff8a80); }
    </style>

    """

  private static let body = """
    </head>
    <body>
    <header><h1>cpc</h1><p class="dim" id="about"></p></header>
    <p class="error" id="error" role="status"></p>
    <form id="access" hidden><label>Token <input id="token" type="password" autocomplete="off"></label>
    <button>Show</button></form>
    <main>
    <dl class="numbers" id="numbers"></dl>
    <section aria-labelledby="h-time"><h2 id="h-time">Prompt tokens by minute, from the cache and computed</h2>
    <div id="chart" role="img"></div></section>
    <section aria-labelledby="h-requests"><h2 id="h-requests">Latest requests</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="h-requests"><table>
    <thead><tr><th scope="col">Time</th><th scope="col">Endpoint</th><th scope="col" class="n">Status</th>
    <th scope="col" class="n">Tokens</th><th scope="col" class="n">Cached</th>
    <th scope="col" class="n">Predicted</th><th scope="col">Mode</th><th scope="col">Body</th>
    <th scope="col" class="n">cpc, ms</th><th scope="col" class="n">All, ms</th><th scope="col">Tenant</th>
    <th scope="col">Request</th></tr></thead>
    <tbody id="requests"></tbody></table></div></section>
    <section aria-labelledby="h-index"><h2 id="h-index">What is believed to be cached</h2>
    <div id="index"></div></section>
    </main>

    """

  private static let script = """
    <script>
    "use strict";
    const $ = id => document.getElementById(id);
    const number = n => n === null || n === undefined ? "" : n.toLocaleString("en");
    const share = (a, b) => b > 0 ? (100 * a / b).toFixed(1) + " %" : "–";
    const make = (name, text, cls) => {
      const e = document.createElement(name);
      if (text !== undefined) e.textContent = text;
      if (cls) e.className = cls;
      return e;
    };
    function numbers(s) {
      const t = s.tokens;
      const rows = [["from the cache", share(t.cached, t.prompt)], ["prompt tokens", number(t.prompt)],
        ["predicted from the cache", share(t.predicted_cached, t.predicted_prompt)],
        ["tokens folded away", number(t.saved)], ["requests now", number(s.in_flight)]];
      $("numbers").replaceChildren(...rows.map(([name, value]) => {
        const d = make("div"); d.append(make("dt", name), make("dd", value)); return d;
      }));
    }
    // What the engine tells of its cache.
    function engine(e) {
      if (!e) return "";
      const state = e.complete === e.ranks ? "followed" : e.connected ? "followed from " + e.connected + " of " + e.ranks
        + " ranks, not from the start of all" : "not connected";
      return ", engine " + state + ", " + number(e.blocks) + " blocks, " + number(e.gaps) + " gaps, "
        + number(e.resets) + " resets";
    }
    function chart(minutes) {
      const most = Math.max(1, ...minutes.map(m => m.prompt));
      $("chart").replaceChildren(...minutes.map(m => {
        const bar = make("i");
        bar.style.height = Math.max(1, 100 * m.prompt / most) + "%";
        bar.style.setProperty("--hit", (m.prompt ? 100 * m.cached / m.prompt : 0) + "%");
        bar.title = new Date(m.minute * 60000).toISOString().slice(11, 16) + " UTC: " + number(m.prompt)
          + " tokens, " + share(m.cached, m.prompt) + " cached, " + m.requests + " requests, "
          + number(m.saved_tokens) + " tokens and " + number(m.saved_bytes) + " bytes saved";
        return bar;
      }));
      const last = minutes[minutes.length - 1];
      $("chart").setAttribute("aria-label", minutes.length + " minutes; the last one with " + (last
        ? number(last.prompt) + " tokens, " + share(last.cached, last.prompt) + " of them from the cache" : "no requests"));
    }
    function body(r) {
      const why = r.reason ? " (" + r.reason.replaceAll("_", " ") + ")" : "";
      if (r.bytes === null) return why.trim();
      const change = r.sent_bytes === r.bytes ? "as it came" : number(r.bytes) + " → " + number(r.sent_bytes) + " bytes";
      return change + (r.saved_tokens ? ", " + number(r.saved_tokens) + " tokens saved" : "") + why;
    }
    function requests(list) {
      $("requests").replaceChildren(...list.map(r => {
        const row = make("tr");
        row.append(make("td", r.time.slice(11, 23)), make("td", r.endpoint), make("td", r.status, "n"),
          make("td", number(r.prompt), "n"), make("td", number(r.cached), "n"), make("td", number(r.predicted_cached), "n"),
          make("td", r.mode), make("td", body(r)),
          make("td", number(r.cpc_ms), "n"), make("td", number(r.ms), "n"), make("td", r.tenant), make("td", r.id));
        return row;
      }));
    }
    function index(trees) {
      // Whoever reads it with the keyboard keeps the place.
      if ($("index").contains(document.activeElement)) return;
      const open = new Set([...document.querySelectorAll("#index details[open]")].map(d => d.dataset.key));
      $("index").replaceChildren(...trees.map(t => {
        const details = make("details"), list = make("ul", undefined, "tree");
        details.dataset.key = t.tenant + "/" + t.model;
        details.open = open.has(details.dataset.key);
        details.append(make("summary", (t.tenant || "requests without a key") + ", " + t.model + ": "
          + number(t.tokens) + " tokens in " + number(t.nodes) + " nodes"), list);
        list.append(...t.outline.map(([depth, blocks, tokens, children]) => {
          const item = make("li", blocks + (blocks === 1 ? " block, " : " blocks, ") + number(tokens) + " tokens"
            + (children ? ", " + children + " below" : ""));
          item.style.paddingLeft = 1.5 * depth + "rem";
          return item;
        }));
        return details;
      }));
      if (!trees.length) $("index").textContent = "nothing is remembered";
    }
    let token = "";
    async function update() {
      try {
        const reply = await fetch("status.json", { headers: token ? { authorization: "Bearer " + token } : {} });
        $("access").hidden = reply.status !== 401;
        if (!reply.ok) throw new Error(reply.status === 401 ? "this server asks for a token" : "status " + reply.status);
        const s = await reply.json();
        $("error").textContent = "";
        $("about").textContent = "mode " + s.mode + (s.model ? ", model " + s.model : "")
          + (s.upstream ? ", in front of " + s.upstream : ", no upstream") + engine(s.engine) + ", " + s.time;
        numbers(s); chart(s.minutes); requests(s.requests); index(s.index);
      } catch (error) {
        $("error").textContent = error.message;
      }
    }
    $("access").addEventListener("submit", event => { event.preventDefault(); token = $("token").value; update(); });
    async function follow() {
      if (!document.hidden) await update();
      setTimeout(follow, 2000);
    }
    follow();
    </script>
    </body>
    </html>

    """
}
