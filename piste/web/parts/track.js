// The page may carry no style attribute: what varies comes as data and is set here as custom properties.
function place(root) {
  for (const track of root.querySelectorAll(".track[data-nodes]")) track.style.setProperty("--nodes", track.dataset.nodes);
  for (const label of root.querySelectorAll(".track__label[data-place]")) {
    label.style.insetInlineStart = `${label.dataset.place}%`;
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => place(document));
else place(document);
document.addEventListener("htmx:after:swap", () => place(document));
