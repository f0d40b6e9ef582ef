// On the pages of the insights, links that ask something (filters, other days) open as dialogs.
import htmx from "htmx.org";

document.addEventListener("click", (event) => {
  const page = document.querySelector(".insights-page");
  if (!page || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-ask]");
  if (!link) return;
  event.preventDefault();
  const [path, anchor] = link.getAttribute("href").split("#");
  link.closest("details")?.removeAttribute("open");
  document.getElementById("board-dialog")?.remove();
  htmx.ajax("GET", path, { source: page, target: "#dialogs", swap: "beforeend" }).then(() => anchor && document.getElementById(anchor)?.focus());
});
