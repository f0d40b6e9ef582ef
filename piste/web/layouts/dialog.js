// A <dialog data-dialog> opens as soon as it is put on the page, and is removed when closed.
function open(dialog) {
  if (dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove(), { once: true });
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
});

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (!(node instanceof HTMLElement)) continue;
      if (node.matches("dialog[data-dialog]")) open(node);
      node.querySelectorAll("dialog[data-dialog]").forEach(open);
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true });
