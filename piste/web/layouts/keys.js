// Single keys: an element with data-key is clicked by its key, `G` then a letter goes to a section, `Z` undoes.
// They rest while one types, in dialogs, and when the member has turned them off.
import { undoLast } from "./toasts.js";

let going = 0;

function resting(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.body.dataset.singleKeys === "off") return true;
  if (document.querySelector("dialog[open]")) return true;
  return typing(event.target);
}

// A field that has just left the page with its dialog may hold the focus for a moment more; nobody types in it.
export function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable]")?.checkVisibility() ?? false;
}

document.addEventListener("keydown", (event) => {
  if (resting(event)) return;
  const key = event.key.toLowerCase();
  if (going && Date.now() - going < 1500) {
    going = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (place) {
      event.preventDefault();
      place.click();
    }
    return;
  }
  if (key === "g" && !event.shiftKey) {
    going = Date.now();
    return;
  }
  if (key === "z" && undoLast()) {
    event.preventDefault();
    return;
  }
  const target = document.querySelector(`:is(a, button, summary)[data-key="${CSS.escape(key)}"]`);
  if (target?.checkVisibility()) {
    event.preventDefault();
    target.click();
  }
});
