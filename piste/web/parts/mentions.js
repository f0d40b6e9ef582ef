// `@` in a note proposes those who may read it; choosing one writes the name out.
import { Listbox } from "./listbox.js";

const boxes = new WeakMap();
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function asked(field) {
  const before = field.value.slice(0, field.selectionStart);
  return before.match(/(?:^|[^\p{L}\p{N}._+-])@([\p{L}’' -]{0,40})$/u)?.[1];
}

function write(field, option) {
  const end = field.selectionStart;
  const start = field.value.lastIndexOf("@", end - 1);
  field.setRangeText(`@${option.dataset.value} `, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("textarea[data-mentions]");
  const names = document.querySelector("template[data-mention-names]");
  if (!field || !names) return;
  if (!boxes.has(field)) boxes.set(field, new Listbox(field, (option) => write(field, option)));
  const box = boxes.get(field);
  const typed = asked(field);
  if (typed === undefined) return box.close();
  const found = [...names.content.querySelectorAll("[role=option]")].filter((option) => {
    const name = plain(option.dataset.value);
    return name.startsWith(plain(typed)) || name.split(" ").some((word) => word.startsWith(plain(typed)));
  });
  box.show(found.slice(0, 6).map((option) => option.outerHTML).join(""));
  box.mark(box.options[0] ?? null);
});
