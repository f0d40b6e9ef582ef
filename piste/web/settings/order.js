// Rows of a [data-order-rows] table body are dragged by their handle; a drop posts the new place, the server answers the list.
// Rows of different groups (custom fields of deals, of contacts…) each have an order of their own.
import Sortable from "sortablejs";

// Not marked in the document: an answer put over the list takes marks away, and two hands on one list hold nothing.
const ready = new WeakSet();

function prepare(root) {
  for (const body of root.querySelectorAll("[data-order-rows]")) {
    if (ready.has(body)) continue;
    ready.add(body);
    Sortable.create(body, {
      handle: "[data-order-handle]",
      animation: 180,
      onMove: (event) => event.dragged.dataset.orderGroup === event.related.dataset.orderGroup,
      onEnd: (event) => drop(body, event),
    });
  }
}

function drop(body, event) {
  if (event.oldIndex === event.newIndex) return;
  const row = event.item;
  const alike = [...body.children].filter((other) => other.dataset.orderGroup === row.dataset.orderGroup);
  const form = row.querySelector("form");
  window.htmx.ajax("POST", form.action, {
    target: "#rows",
    swap: "outerMorph",
    values: { place: alike.indexOf(row), csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value },
  });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => prepare(document));
else prepare(document);
document.addEventListener("htmx:after:swap", () => prepare(document));
