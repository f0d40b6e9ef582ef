// A page may carry no style attribute: what varies comes as data-vars="nodes 6, place 57.6" and becomes the custom
// properties --nodes and --place. Only numbers: nothing a person wrote can reach a style.
const PAIR = /^\s*([a-z][a-z-]*)\s+(-?\d+(?:\.\d+)?)\s*$/;

function apply(element) {
  for (const part of element.dataset.vars.split(",")) {
    const found = PAIR.exec(part);
    if (found) element.style.setProperty(`--${found[1]}`, found[2]);
  }
}

function look(root) {
  root.querySelectorAll("[data-vars]").forEach(apply);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => look(document));
else look(document);
document.addEventListener("htmx:after:swap", () => look(document));
