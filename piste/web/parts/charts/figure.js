// A figure is a chart or a table. Without script the links lead to the page with the other one; with it, they change places
// at once and the address follows, so that what one sees is what one sends on.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-plot-show]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const plot = link.closest("[data-plot]");
  for (const part of plot.querySelectorAll("[data-plot-part]")) part.hidden = part.dataset.plotPart !== link.dataset.plotShow;
  for (const other of plot.querySelectorAll("[data-plot-show]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  history.replaceState(history.state, "", link.href);
});
