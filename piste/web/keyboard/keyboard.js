// `?` shows the list of keys over the page; its switch counts at once.
import htmx from "htmx.org";
import { typing } from "../layouts/keys.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || typing(event.target)) return;
  const link = document.querySelector("[data-keyboard]");
  if (!link) return;
  event.preventDefault();
  htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#dialogs", swap: "beforeend" });
});

document.addEventListener("change", (event) => {
  if (!event.target.closest?.("[data-single-keys-form]")) return;
  if (event.target.checked) delete document.body.dataset.singleKeys;
  else document.body.dataset.singleKeys = "off";
});
