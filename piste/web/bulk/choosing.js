// Lines of the list are chosen to be changed at once: the bar says how many, and what is chosen outlives an edit of a cell.
import htmx from "htmx.org";

const chosen = new Set();
const boxes = () => [...document.querySelectorAll("[data-list] input[name=deal]")];

function tell() {
  const bar = document.querySelector("[data-chosen]");
  if (!bar) return;
  const all = boxes();
  for (const box of all) box.checked = chosen.has(box.value);
  bar.hidden = !chosen.size;
  bar.querySelector("[data-count]").textContent = new Intl.NumberFormat(document.documentElement.lang).format(chosen.size);
  const whole = document.querySelector("[data-choose-all]");
  if (!whole) return;
  whole.closest("[hidden]")?.removeAttribute("hidden");
  const count = all.filter((box) => box.checked).length;
  whole.checked = count > 0 && count === all.length;
  whole.indeterminate = count > 0 && count < all.length;
}

document.addEventListener("change", (event) => {
  const one = event.target.matches?.("[data-list] input[name=deal]");
  if (!one && !event.target.matches?.("[data-choose-all]")) return;
  for (const box of one ? [event.target] : boxes()) event.target.checked ? chosen.add(box.value) : chosen.delete(box.value);
  tell();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-choosing]");
  if (!form) return;
  event.preventDefault();
  document.getElementById("board-dialog")?.remove();
  const asked = new URLSearchParams(new FormData(form));
  htmx.ajax("GET", `${form.getAttribute("action")}?${asked}`, { source: document.querySelector("[data-list]"), target: "#dialogs", swap: "beforeend" });
});

function begin() {
  for (const box of boxes()) if (box.checked) chosen.add(box.value);
  tell();
}

document.addEventListener("htmx:after:swap", tell);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
