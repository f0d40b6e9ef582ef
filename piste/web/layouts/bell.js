// The bell keeps up while a page stays open, and what one is to be reminded of is said on it.
import htmx from "htmx.org";

const EVERY = 30_000;
let asked = Date.now();

function ask() {
  const bell = document.querySelector(".bell");
  if (!bell || document.visibilityState !== "visible" || Date.now() - asked < EVERY) return;
  asked = Date.now();
  htmx.ajax("POST", `${bell.pathname}bell/`, { source: bell, swap: "none" });
}

setInterval(ask, EVERY / 6);
document.addEventListener("visibilitychange", ask);
