// What colleagues do shows here within a moment: the stream names what changed, the touched columns are fetched anew.
import { board, columnOf, refresh, refreshAll, reload, start } from "./board.js";

let stream = null;
let address = "";

// Verbs that change no card.
const QUIET = new Set(["deal.contacts", "deal.products", "deal.noted", "deal.filed"]);

function take(event) {
  if (!board()) return;
  const news = JSON.parse(event.data);
  if (news.kind === "pipeline") return reload();
  if (news.kind !== "deal" || QUIET.has(news.verb)) return;
  const card = document.getElementById(`deal-${news.subject}`);
  // What this page did itself it has already shown.
  if (news.move && card && Number(card.dataset.seen) >= news.move) return;
  const touched = [news.from, news.to, columnOf(card)?.dataset.column].filter(Boolean);
  if (touched.length) refresh(touched);
  else refreshAll();
}

function listen(body) {
  if (stream && address === body.dataset.live) return;
  stream?.close();
  address = body.dataset.live;
  stream = new EventSource(`${address}&since=${body.dataset.news}`);
  stream.addEventListener("entry", take);
  stream.addEventListener("reload", reload);
}

start(listen);
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted || !board()) return;
  address = "";
  listen(board());
  refreshAll();
});
// The contact clocks go on while nobody does anything.
setInterval(() => {
  if (!board() || document.visibilityState !== "visible") return;
  const ticking = new Set([...document.querySelectorAll(".deal > footer:is([data-due=hot], [data-due=pressing])")].map(columnOf));
  if (ticking.size) refresh([...ticking].map((column) => column.dataset.column));
}, 120_000);
