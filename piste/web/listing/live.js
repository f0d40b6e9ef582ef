// What colleagues do shows in the list within a moment. A form that is open where a value stood is never taken away: the list
// waits for it. Lines that stay keep their element, and so their focus, what is chosen and how far one scrolled.
import htmx from "htmx.org";

const list = () => document.querySelector("[data-list]");
const editing = () => list().querySelector("[data-place-form]");

// Colleagues at work are told together, and no more often than this.
const PAUSE = 1500;
const SOON = 150;

let stream = null;
let timer = 0;
let due = false;
let last = 0;

function look() {
  timer = 0;
  if (!due || !list() || editing() || document.visibilityState !== "visible") return;
  due = false;
  last = Date.now();
  htmx.ajax("GET", location.pathname + location.search, { source: list(), swap: "none" });
}

function soon() {
  due = true;
  if (!timer) timer = setTimeout(look, Math.max(SOON, last + PAUSE - Date.now()));
}

function listen() {
  stream?.close();
  stream = null;
  if (!list()) return;
  stream = new EventSource(`${list().dataset.live}&since=${list().dataset.news}`);
  stream.addEventListener("entry", soon);
  stream.addEventListener("reload", soon);
}

// Somebody opened a form while the lines were on their way.
document.addEventListener("htmx:before:swap", (event) => {
  const asked = event.detail?.ctx;
  if (!list() || asked?.sourceElement !== list() || asked.swap !== "none" || !editing()) return;
  event.preventDefault();
  due = true;
});

// What waited for a form, or for somebody to look, is shown once it is gone, or they do.
const again = () => due && list() && soon();
document.addEventListener("visibilitychange", again);
document.addEventListener("click", () => setTimeout(again));
document.addEventListener("keyup", again);
document.addEventListener("htmx:after:swap", again);

addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted || !list()) return;
  listen();
  soon();
});
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", listen);
else listen();
