// Toasts leave after six seconds (or as many as they say), but stay while one looks at them; Z takes back the last one.
const LIFE = 6000;

function live(toast) {
  let timer = null;
  const stay = () => clearTimeout(timer);
  const go = () => {
    stay();
    timer = setTimeout(() => toast.remove(), Number(toast.dataset.toast) * 1000 || LIFE);
  };
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stay);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, go);
  go();
}

export function show(html) {
  const box = document.querySelector("[data-toasts]");
  if (!box) return;
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  for (const toast of [...template.content.children]) box.append(toast);
}

function start() {
  const box = document.querySelector("[data-toasts]");
  if (!box) return;
  box.querySelectorAll("[data-toast]").forEach(live);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (!(node instanceof HTMLElement) || !node.matches("[data-toast]")) continue;
        window.htmx?.process(node);
        live(node);
      }
    }
  }).observe(box, { childList: true });
}

// Whether there was a toast to take back.
export function undoLast() {
  const buttons = document.querySelectorAll("[data-toasts] [data-undo] button");
  buttons[buttons.length - 1]?.click();
  return buttons.length > 0;
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
