// Dragging by mouse and by finger. The order within a column is the board's, so a drop chooses the column alone.
import Sortable from "sortablejs";
import { board, cardOf, columnOf, hold, nameOf, start, stageName } from "./board.js";
import { begin, end, foresee, show, toColumn, toEnd } from "./moving.js";

let dropped = 0;
let origin = null;

function lift({ item }) {
  origin = columnOf(item);
  if (Sortable.ghost) Sortable.ghost.style.opacity = "1";
  begin(item);
  hold(true);
  board().classList.add("is-dragging");
  if (!origin) board().classList.add("is-dragging-held");
  board().querySelector("#dock").hidden = !origin;
  help(item, origin);
  foresee(item);
}

function over({ dragged, to }) {
  const column = columnOf(to);
  show(dragged, column);
  for (const target of board().querySelectorAll(".dock__target")) target.classList.toggle("is-over", target === to);
  help(dragged, column);
  return true;
}

function help(card, column) {
  const line = board().querySelector("[data-drag-help]");
  line.hidden = false;
  const text = line.querySelector("span");
  const name = document.createElement("b");
  name.textContent = nameOf(card);
  const way = [stageName(origin), column !== origin ? stageName(column) : ""].filter(Boolean).join(" → ");
  text.replaceChildren(name, way ? ` ${way}` : "");
}

function drop({ item, to, from, originalEvent }) {
  dropped = Date.now();
  show(item, null);
  board().classList.remove("is-dragging", "is-dragging-held");
  board().querySelector("#dock").hidden = true;
  board().querySelector("[data-drag-help]").hidden = true;
  for (const target of board().querySelectorAll(".dock__target")) target.classList.remove("is-over");
  const target = to.dataset.end;
  const column = columnOf(to);
  if (target) home(item, from);
  if (!cancelled && originalEvent?.type !== "touchcancel") {
    if (target) toEnd(item, target);
    else if (column && to !== from) toColumn(item, column, origin);
  } else if (to !== from) home(item, from);
  cancelled = false;
  end(item);
  hold(false);
}

// Back to the very place it was lifted from.
function home(card, from) {
  const next = spot?.[1];
  from.insertBefore(card, next?.parentElement === from ? next : null);
}

let spot = null;
let cancelled = false;

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !board()?.classList.contains("is-dragging")) return;
  cancelled = true;
  document.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
});

// The click that ends a drag is not a click on the card.
document.addEventListener(
  "click",
  (event) => {
    if (Date.now() - dropped < 150 && cardOf(event.target)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

// A long press lifts the card; it does not open the browser's menu of the link.
document.addEventListener("contextmenu", (event) => {
  if (event.pointerType === "touch" && cardOf(event.target)) event.preventDefault();
});

function wire(list, draggable, put) {
  if (Sortable.get(list)) return;
  Sortable.create(list, {
    group: { name: "deals", pull: Boolean(draggable), put },
    draggable: draggable || ".nothing",
    sort: false,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 5,
    fallbackClass: "is-dragged",
    delay: 220,
    delayOnTouchOnly: true,
    touchStartThreshold: 8,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160,
    scrollSensitivity: 70,
    scrollSpeed: 14,
    bubbleScroll: true,
    emptyInsertThreshold: 40,
    filter: ".deal__more",
    preventOnFilter: false,
    onChoose: ({ item }) => (spot = [item.parentElement, item.nextElementSibling]),
    onStart: lift,
    onMove: over,
    onEnd: drop,
  });
}

start((body) => {
  for (const list of body.querySelectorAll("[data-cards]")) wire(list, ".deal", true);
  for (const list of body.querySelectorAll("[data-held]")) wire(list, ".deal-held:not(.deal-held--more)", false);
  for (const target of body.querySelectorAll(".dock__target")) wire(target, "", (to, from) => Boolean(columnOf(from.el)));
});
