// My day as a checklist: J and K go from line to line, E does, S puts off, C notes a call, A hands on, Enter opens.
// What colleagues do arrives by itself; where one was, one stays.
import htmx from "htmx.org";

const day = () => document.querySelector("[data-day]");
const lines = () => [...day().querySelectorAll("[data-line]")].filter((line) => line.checkVisibility());
let place = -1;

function current() {
  return document.activeElement?.closest?.("[data-line]");
}

function go(line) {
  line?.querySelector("[data-line-link]")?.focus();
  line?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", () => {
  if (!day()) return;
  const line = current();
  for (const other of day().querySelectorAll(".is-current")) other.classList.toggle("is-current", other === line);
  if (!line) return;
  line.classList.add("is-current");
  place = lines().indexOf(line);
});

const STEPS = { j: 1, arrowdown: 1, k: -1, arrowup: -1 };

// Before the single keys of the frame: on a line they mean that line.
document.addEventListener(
  "keydown",
  (event) => {
    if (!day() || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (document.body.dataset.singleKeys === "off" && !key.startsWith("arrow")) return;
    const line = current();
    if (key in STEPS) {
      if (!line && key.startsWith("arrow")) return;
      const all = lines();
      const from = line ? all.indexOf(line) : STEPS[key] > 0 ? -1 : all.length;
      event.preventDefault();
      go(all[Math.min(Math.max(from + STEPS[key], 0), all.length - 1)]);
      return;
    }
    const act = line?.querySelector(`[data-do="${CSS.escape(key)}"]`);
    if (!act) return;
    event.preventDefault();
    act.click();
  },
  { capture: true },
);

// What was done is gone from the list: the next line takes its place.
document.addEventListener("htmx:after:swap", () => {
  if (!day() || place < 0 || document.querySelector("dialog[open]")) return;
  setTimeout(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const all = lines();
    go(all[Math.min(place, all.length - 1)]);
  });
});

let stream = null;
let timer = 0;

function refresh() {
  timer = 0;
  if (day()) htmx.ajax("GET", location.pathname + location.search, { source: day(), swap: "none" });
}

function listen() {
  stream?.close();
  if (!day()) return;
  stream = new EventSource("/live");
  stream.addEventListener("entry", (event) => {
    const news = JSON.parse(event.data);
    if (news.kind !== "deal" || String(news.actor) === day()?.dataset.me || timer) return;
    timer = setTimeout(refresh, 1200);
  });
  stream.addEventListener("reload", refresh);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", listen);
else listen();
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted || !day()) return;
  listen();
  refresh();
});
// The clocks go on while nobody does anything.
setInterval(() => {
  if (day() && document.visibilityState === "visible") refresh();
}, 300_000);
