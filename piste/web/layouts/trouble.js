// When no answer comes, one says so: the page and what was typed stay as they are.
document.addEventListener("htmx:error", (event) => {
  const words = document.querySelector("template[data-trouble-toast]");
  const action = event.detail?.ctx?.request?.action ?? "";
  if (action.endsWith("/bell/")) return;
  // Of its own moves the board tells, for it puts the card back.
  if (!words || (document.querySelector("[data-board]") && /^\/deals\/\d+\/\w+\//.test(action))) return;
  // Said once: what a page asks by itself meanwhile says nothing more.
  const toasts = document.querySelector("[data-toasts]");
  if (!toasts || toasts.querySelector("[data-unanswered]")) return;
  const said = words.content.cloneNode(true);
  said.firstElementChild.dataset.unanswered = "";
  toasts.append(said);
});
