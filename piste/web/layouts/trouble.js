// When no answer comes, one says so: the page and what was typed stay as they are.
document.addEventListener("htmx:error", (event) => {
  const words = document.querySelector("template[data-trouble-toast]");
  const action = event.detail?.ctx?.request?.action ?? "";
  if (action.endsWith("/bell/")) return;
  // Of its own moves the board tells, for it puts the card back.
  if (!words || (document.querySelector("[data-board]") && /^\/deals\/\d+\/\w+\//.test(action))) return;
  document.querySelector("[data-toasts]")?.append(words.content.cloneNode(true));
});
