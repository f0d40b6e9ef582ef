// On a phone: the strip of stages follows the column in view, and leads to one by a tap.
import { start } from "./board.js";

const narrow = matchMedia("(width < 48rem)");
let watcher = null;
let current = "";

function mark(stage) {
  current = stage;
  for (const link of document.querySelectorAll("[data-strip]")) {
    const own = link.dataset.strip === stage;
    if (own === link.hasAttribute("aria-current")) continue;
    if (!own) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "true");
    const strip = link.parentElement;
    strip.scrollTo({ left: link.offsetLeft - strip.clientWidth / 4, behavior: "smooth" });
  }
}

function watch(body) {
  watcher?.disconnect();
  if (!narrow.matches) return;
  const look = (entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting);
    if (seen.length && !body.classList.contains("is-held-shown")) mark(seen.at(-1).target.dataset.column);
  };
  watcher = new IntersectionObserver(look, { root: body.querySelector(".board"), threshold: 0.6 });
  for (const column of body.querySelectorAll("[data-column]")) watcher.observe(column);
  if (current) mark(current);
}

start(watch);
narrow.addEventListener("change", () => {
  const body = document.querySelector("[data-board]");
  if (body) watch(body);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-strip]");
  if (!link) return;
  event.preventDefault();
  const held = link.dataset.strip === "held";
  document.querySelector("[data-board]").classList.toggle("is-held-shown", held);
  mark(link.dataset.strip);
  if (!held) document.getElementById(`col-${link.dataset.strip}`).scrollIntoView({ inline: "start", block: "nearest" });
});
