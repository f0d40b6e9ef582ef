// Files are sent as soon as they are chosen, or dropped anywhere on the panel.
const form = (node) => node.closest?.(".files")?.querySelector("[data-drop-files]");

document.addEventListener("change", (event) => {
  const chosen = event.target.closest?.("[data-drop-files] input[type=file]");
  if (chosen?.files.length) chosen.form.requestSubmit();
});

for (const name of ["dragover", "dragenter"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files") || !form(event.target)) return;
    event.preventDefault();
    event.target.closest(".files").dataset.over = "";
  });
}

document.addEventListener("dragleave", (event) => {
  const panel = event.target.closest?.(".files");
  if (panel && !panel.contains(event.relatedTarget)) delete panel.dataset.over;
});

document.addEventListener("drop", (event) => {
  const target = form(event.target);
  if (!target || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  delete target.closest(".files").dataset.over;
  target.querySelector("input[type=file]").files = event.dataTransfer.files;
  target.requestSubmit();
});
