// What is unfolded in the playbook of a deal stays so when its panel is shown anew: a script is read while one ticks.
const FOLD = "details.guide-fold[id]";
const open = new Set();

document.addEventListener("htmx:before:swap", () => {
  for (const fold of document.querySelectorAll(FOLD)) {
    if (fold.open) open.add(fold.id);
    else open.delete(fold.id);
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const fold of document.querySelectorAll(FOLD)) if (open.has(fold.id)) fold.open = true;
});
