// A dashboard that stays open follows the team: what is made from little is fetched at once, what is made from the whole history
// as often as it is quick to make. Nothing is fetched while somebody has a menu open or a tile in hand.
import htmx from "htmx.org";
import Sortable from "sortablejs";

const tiles = () => document.querySelector("[data-tiles]");
const SOON = 120;
const MINUTE = 60_000;
// The least time between two fetches of a part; how many times longer than the last one took.
const PARTS = { live: { pause: 700, factor: 2 }, rest: { pause: 1500, factor: 5 }, all: { pause: 1500, factor: 5 } };
const waits = {};
let stream = null;
let inHand = false;

const busy = () => inHand || document.visibilityState !== "visible" || tiles().querySelector("details[open]");

function want(part) {
  const wait = (waits[part] ??= { due: false, timer: 0, last: 0, took: 0 });
  wait.due = true;
  if (wait.timer || !tiles()) return;
  const { pause, factor } = PARTS[part];
  const least = wait.last + Math.max(pause, factor * wait.took) - Date.now();
  wait.timer = setTimeout(() => look(part, wait), Math.max(SOON, least));
}

async function look(part, wait) {
  wait.timer = 0;
  if (!tiles() || !wait.due || busy()) return;
  wait.due = false;
  wait.last = Date.now();
  const address = tiles().dataset.tiles.replace(/all\/$/, `${part}/`);
  try {
    await htmx.ajax("GET", address + location.search, { source: tiles(), swap: "none" });
  } finally {
    wait.took = Date.now() - wait.last;
  }
}

function news() {
  want("live");
  want("rest");
}

// A wall says when what it shows is no longer of now.
let heard = Date.now();
function lost(on) {
  const line = document.querySelector("[data-wall-lost]");
  if (!line) return;
  if (on && line.hidden) {
    const since = new Date(heard).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    line.querySelector("[data-wall-since]").textContent = since;
  }
  line.hidden = !on;
}

function listen() {
  stream?.close();
  stream = null;
  if (!tiles()) return;
  stream = new EventSource(`${tiles().dataset.live}&since=${tiles().dataset.news}`);
  stream.addEventListener("entry", news);
  stream.addEventListener("reload", () => want("all"));
  stream.addEventListener("open", () => lost(false));
  stream.addEventListener("error", () => lost(true));
}

const again = () => {
  if (tiles()) for (const [part, wait] of Object.entries(waits)) if (wait.due) want(part);
};
document.addEventListener("visibilitychange", again);
document.addEventListener("toggle", (event) => event.target.closest?.("[data-tiles]") && !event.target.open && again(), true);
// The day turns, and somebody may have put figures on or off elsewhere.
setInterval(() => {
  if (!tiles()) return;
  if (stream?.readyState === EventSource.OPEN) heard = Date.now();
  if (stream?.readyState === EventSource.CLOSED) listen();
  want("all");
}, MINUTE);

addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted || !tiles()) return;
  listen();
  want("all");
});

// ---- the order, by hand and by arrows

function put(tile) {
  const place = [...tiles().querySelectorAll("[data-tile]")].indexOf(tile);
  const grip = tile.querySelector("[data-tile-grip]");
  const token = tiles().querySelector("[name=csrfmiddlewaretoken]").value;
  return htmx.ajax("POST", grip.dataset.place, { source: tile, swap: "none", values: { place, csrfmiddlewaretoken: token } });
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-tile-grip]");
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  if (!grip || !step) return;
  event.preventDefault();
  const tile = grip.closest("[data-tile]");
  const other = step < 0 ? tile.previousElementSibling : tile.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(tile);
  else other.after(tile);
  grip.focus();
  put(tile);
});

function start() {
  if (!tiles()) return;
  listen();
  const full = document.querySelector("[data-wall-full]");
  if (full && document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", () => document.documentElement.requestFullscreen());
  }
  Sortable.create(tiles(), {
    handle: "[data-tile-grip]",
    animation: 180,
    onStart: () => (inHand = true),
    onEnd: (event) => {
      inHand = false;
      if (event.oldIndex !== event.newIndex) put(event.item);
      again();
    },
  });
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
