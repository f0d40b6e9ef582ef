// A field with data-suggest offers what is known already while one types; what is chosen goes, by its id, into the hidden
// field named by data-suggest-into, and how to reach the person into the fields beside.
import { Listbox } from "./listbox.js";

const boxes = new WeakMap();
let waiting = 0;

function beside(field, name) {
  return field.form?.elements[name];
}

function fill(field, option) {
  field.value = option.dataset.value;
  const into = beside(field, field.dataset.suggestInto);
  if (into) into.value = option.dataset.id;
  for (const name of ["email", "phone"]) {
    const other = beside(field, name);
    if (other && option.dataset[name] && !other.value) other.value = option.dataset[name];
  }
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("input[data-suggest]");
  if (!field) return;
  const into = beside(field, field.dataset.suggestInto);
  if (into) into.value = "";
  if (!boxes.has(field)) boxes.set(field, new Listbox(field, (option) => fill(field, option)));
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const asked = field.value;
    if (asked.trim().length < 2) return boxes.get(field).close();
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(asked)}`).catch(() => null);
    if (!answer?.ok || field.value !== asked || document.activeElement !== field) return;
    boxes.get(field).show(await answer.text());
  }, 160);
});
