// Ctrl K: search or act. Arrows choose, Enter opens, Escape closes.
let waiting = null;
let asked = 0;

function palette() {
  let dialog = document.getElementById("palette");
  if (dialog) return dialog;
  const link = document.querySelector("[data-palette]");
  if (!link) return null;
  dialog = document.createElement("dialog");
  dialog.id = "palette";
  dialog.className = "command palette";
  dialog.setAttribute("aria-label", link.getAttribute("aria-label"));
  dialog.append(document.querySelector("[data-palette-frame]").content.cloneNode(true));
  document.body.append(dialog);
  const field = dialog.querySelector("input");
  const answers = dialog.querySelector("[data-palette-answers]");
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(field.value, answers), 90);
  });
  dialog.addEventListener("keydown", (event) => steer(event, dialog));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  });
  return dialog;
}

async function ask(text, answers) {
  asked += 1;
  const turn = asked;
  const answer = await fetch(`/search/?palette=1&q=${encodeURIComponent(text)}`).catch(() => null);
  if (!answer) answers.textContent = document.querySelector("template[data-trouble-toast]")?.content.textContent.trim() ?? "";
  if (!answer?.ok) return;
  const html = await answer.text();
  if (turn !== asked) return; // a later question was answered first
  answers.innerHTML = html;
  answers.dataset.answerTo = text;
  answers.scrollTop = 0;
  answers.querySelector("[data-answer]")?.classList.add("is-active");
}

function steer(event, dialog) {
  // A field of search would only empty itself.
  if (event.key === "Escape") {
    event.preventDefault();
    dialog.close();
    return;
  }
  const rows = [...dialog.querySelectorAll("[data-answer]")];
  const at = rows.findIndex((row) => row.classList.contains("is-active"));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = rows[(at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length];
    rows[at]?.classList.remove("is-active");
    next?.classList.add("is-active");
    next?.scrollIntoView({ block: "nearest" });
  }
  if (event.key === "Enter") {
    event.preventDefault();
    take(dialog, rows[at]);
  }
}

// Whoever types fast presses Enter before the answers to the last letters are there: those to the letters before are not meant.
async function take(dialog, row) {
  const field = dialog.querySelector("input");
  const answers = dialog.querySelector("[data-palette-answers]");
  const text = field.value;
  if (answers.dataset.answerTo === text) {
    row?.click();
    return;
  }
  clearTimeout(waiting);
  await ask(text, answers);
  if (dialog.open && field.value === text && answers.dataset.answerTo === text) answers.querySelector("[data-answer]")?.click();
}

function open() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const field = dialog.querySelector("input");
  field.select();
  ask(field.value, dialog.querySelector("[data-palette-answers]"));
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-palette]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open();
});
