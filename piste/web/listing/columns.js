// The columns of the list are put in order by their handle or by the buttons beside them; the form sends them as they then stand.
import Sortable from "sortablejs";

const ready = new WeakSet();
const column = (row) => row.querySelector("label").textContent.trim();

function say(row) {
  const rows = [...row.parentElement.children];
  const told = { column: column(row), place: rows.indexOf(row) + 1, count: rows.length };
  document.querySelector("[data-announcer]").textContent = row.parentElement.dataset.over.replace(/\{(\w+)\}/g, (_, name) => told[name]);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-columns] button[name=move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  if (button.value.endsWith(":up")) row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
  say(row);
});

function prepare() {
  for (const rows of document.querySelectorAll("[data-columns]")) {
    if (ready.has(rows)) continue;
    ready.add(rows);
    Sortable.create(rows, { handle: "[data-column-handle]", animation: 180, onEnd: (event) => say(event.item) });
  }
}

document.addEventListener("htmx:after:swap", prepare);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", prepare);
else prepare();
