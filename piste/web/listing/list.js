// The list: a value opens its form where it stands, arrows go from cell to cell, questions open as dialogs.
import htmx from "htmx.org";

const list = () => document.querySelector("[data-list]");
const closed = new WeakMap();
let returning = "";

function open(link) {
  const place = link.parentElement;
  closed.set(place, place.innerHTML);
  htmx.ajax("GET", link.getAttribute("href") + location.search, { source: place, target: place, swap: "innerHTML settle:0ms" });
}

function put(form) {
  const place = form.parentElement;
  if (!closed.has(place)) return false;
  place.innerHTML = closed.get(place);
  place.querySelector("a")?.focus();
  return true;
}

document.addEventListener("click", (event) => {
  if (!list() || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cell = event.target.closest?.("a[data-cell]");
  const question = event.target.closest?.("a[data-ask]");
  const cancel = event.target.closest?.("[data-cancel]")?.closest("[data-list] [data-place-form]");
  if (cancel) {
    if (put(cancel)) event.preventDefault();
  } else if (cell) {
    event.preventDefault();
    open(cell);
  } else if (question) {
    event.preventDefault();
    const [path, anchor] = question.getAttribute("href").split("#");
    question.closest("details")?.removeAttribute("open");
    document.getElementById("board-dialog")?.remove();
    htmx.ajax("GET", path, { source: list(), target: "#dialogs", swap: "beforeend" }).then(() => anchor && document.getElementById(anchor)?.focus());
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-list] [data-place-form]");
  if (form) returning = form.parentElement.id;
});

// After an edit the focus is where it was: on the same value, wherever its line now stands.
document.addEventListener("htmx:after:swap", () => {
  if (!list() || !returning || list().querySelector("[data-place-form]")) return;
  document.getElementById(returning)?.querySelector("a")?.focus();
  returning = "";
});

// What was taken back by the message's own form shows in the list too.
document.addEventListener("htmx:after:request", (event) => {
  const form = event.detail?.ctx?.sourceElement;
  if (!list() || !form?.matches?.("form[data-undo]")) return;
  htmx.ajax("GET", location.pathname + location.search, { source: list(), swap: "none" });
});

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function beside(link, [down, right]) {
  const cell = link.closest("th, td");
  const row = cell.parentElement;
  if (right) {
    for (let next = cell; (next = right > 0 ? next.nextElementSibling : next.previousElementSibling); ) {
      if (next.querySelector("a")) return next.querySelector("a");
    }
    return null;
  }
  const rows = [...row.parentElement.rows];
  return rows[rows.indexOf(row) + down]?.cells[cell.cellIndex]?.querySelector("a");
}

document.addEventListener("keydown", (event) => {
  if (!list() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const form = event.key === "Escape" && event.target.closest?.("[data-list] [data-place-form]");
  if (form && put(form)) event.preventDefault();
  const step = STEPS[event.key];
  const link = step && event.target.closest?.(".list-table tbody a");
  const next = link && beside(link, step);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
