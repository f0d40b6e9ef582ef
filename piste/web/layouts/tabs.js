// Tabs that a narrow screen cuts off: the one we are on is brought into sight.
function reveal() {
  for (const strip of document.querySelectorAll("nav.tabs")) {
    const own = strip.querySelector("[aria-current]");
    if (!own || strip.scrollWidth <= strip.clientWidth) continue;
    const edge = own.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft;
    strip.scrollLeft = edge - (strip.clientWidth - own.offsetWidth) / 2;
  }
}

reveal();
document.addEventListener("htmx:after:swap", reveal);
