// The order of the stages: dragged by the grip, or lifted with Space and moved with the arrows. Either goes into the draft.
// Menus close when one clicks elsewhere.
import Sortable from "sortablejs";

const list = () => document.querySelector("[data-stages]");
const keys = () => [...list().children].map((line) => line.dataset.key);
let before = null;
let lifted = null;

function put(order) {
  const lines = new Map([...list().children].map((line) => [line.dataset.key, line]));
  for (const key of order) list().append(lines.get(key));
}

function say(line, name) {
  const lines = [...list().children];
  const words = { stage: line.querySelector("b").textContent, place: lines.indexOf(line) + 1, count: lines.length };
  const text = list().dataset[name].replace(/\{(\w+)\}/g, (_, word) => words[word]);
  document.querySelector("[data-announcer]").textContent = text;
}

function send(line) {
  const order = keys();
  const was = before;
  before = null;
  if (!was || order.join() === was.join()) return;
  const form = document.querySelector("[data-order-form]");
  form.elements.order.value = order.join(",");
  form.elements.moved.value = line.dataset.key;
  form.requestSubmit();
}

function lift(line) {
  lifted = line;
  before = keys();
  line.classList.add("is-lifted");
  say(line, "lifted");
}

function drop(line, stays) {
  lifted = null;
  line.classList.remove("is-lifted");
  if (stays) return send(line);
  put(before);
  before = null;
  say(line, "putBack");
  line.querySelector("[data-grip]").focus();
}

function shift(line, down) {
  const other = down ? line.nextElementSibling : line.previousElementSibling;
  if (!other) return;
  if (down) other.after(line);
  else other.before(line);
  line.querySelector("[data-grip]").focus();
  say(line, "over");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close(null);
  const grip = event.target.closest?.("[data-grip]");
  if (!grip) return;
  const line = grip.closest("li");
  const act = {
    " ": () => (lifted ? drop(line, true) : lift(line)),
    Enter: () => (lifted ? drop(line, true) : lift(line)),
    Escape: () => lifted && drop(line, false),
    ArrowUp: () => lifted && shift(line, false),
    ArrowDown: () => lifted && shift(line, true),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
});

document.addEventListener("focusout", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  // Moving the line in the document takes the focus away for an instant.
  if (grip && lifted) setTimeout(() => lifted && document.activeElement !== grip && drop(lifted, false), 0);
});

function close(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu === except) continue;
    const held = menu.contains(document.activeElement);
    menu.open = false;
    if (held && !except) menu.querySelector("summary").focus();
  }
}

document.addEventListener("click", (event) => {
  close(event.target.closest?.("details[data-menu]:has(summary:hover)") ?? null);
});

function start() {
  if (!list()) return;
  new Sortable(list(), {
    handle: "[data-grip]",
    animation: 180,
    forceFallback: true,
    fallbackTolerance: 3,
    ghostClass: "is-ghost",
    // Once it is lifted, the list also holds the picture under the pointer.
    onChoose: () => {
      before = keys();
    },
    onEnd: ({ item }) => send(item),
  });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
