// The page of a deal: forms open and close in place, questions open as dialogs, and what colleagues do arrives by itself
// without taking away what one is typing.
import htmx from "htmx.org";
import { hear } from "./present.js";

const page = () => document.querySelector("[data-deal]");
const closed = new WeakMap();
let returning = "";

// ---- forms in place

document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail.ctx?.sourceElement;
  if (!page()) return;
  const { tasks } = event.detail;
  for (let place = tasks.length - 1; place >= 0; place--) {
    const target = typeof tasks[place].target === "string" ? document.querySelector(tasks[place].target) : tasks[place].target;
    const open = target?.querySelector?.("[data-place-form], .note-edit[open]");
    if (open && !open.contains(source) && target.matches("section, div[id^=deal-]") && !fromOpened(source)) tasks.splice(place, 1);
    else if (source?.matches?.("a[hx-get]") && target?.id && target.id !== "timeline") closed.set(target, target.innerHTML);
  }
});

// Opening or closing a form is no reason to keep another one's panel as it was.
function fromOpened(source) {
  return source?.matches?.("a[hx-get]");
}

function enter(forms) {
  for (const form of document.querySelectorAll(forms)) {
    form.dataset.seen = "";
    const first = form.querySelector("[aria-invalid=true]") ?? form.querySelector("input:not([type=hidden]), select, textarea");
    first?.focus();
    if (first?.matches("input[type=text], input:not([type])")) first.select();
  }
}

// The key of a new deal leads to its page when it comes before the page's script is ready: one types there at once too.
const begin = () => enter("#new-deal-form:not([data-seen])");
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();

document.addEventListener("htmx:after:swap", () => {
  enter("[data-place-form]:not([data-seen]), #new-deal-form:not([data-seen])");
  if (returning && document.activeElement === document.body) {
    document.querySelector(`#${CSS.escape(returning)} a`)?.focus();
    returning = "";
  }
});

function put(form) {
  const place = form.parentElement;
  if (!closed.has(place)) return false;
  place.innerHTML = closed.get(place);
  htmx.process(place);
  place.querySelector("a")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && !event.defaultPrevented && event.target.closest?.("[data-place-form]");
  if (form && put(form)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-cancel]")?.closest("[data-place-form]");
  if (form && put(form)) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-place-form], [data-need-form]");
  if (form) returning = form.parentElement.id;
});

// A choice or a day that a stage waits for is saved as soon as it is made.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-need-form]");
  if (form && event.target.matches("select, input[type=date]") && event.target.value && form.querySelectorAll("select, input:not([type=hidden])").length === 1) {
    form.requestSubmit();
  }
});

// Another stage of a new deal asks for other facts. What one writes or sends meanwhile is worth more than the answer.
document.addEventListener("change", (event) => {
  const form = event.target.name === "stage" && event.target.closest("#new-deal-form");
  if (form) htmx.ajax("POST", form.action, { source: event.target, target: form, swap: "none", values: { ask_again: "1" } });
});

document.addEventListener("submit", (event) => {
  if (event.target.id === "new-deal-form") delete event.target.dataset.seen;
});

let written = null;

document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement } = event.detail.ctx;
  if (sourceElement?.id !== "new_stage") return;
  // Sent meanwhile: the answer to that says what is lacking.
  if (!sourceElement.isConnected || !("seen" in sourceElement.form.dataset)) return event.preventDefault();
  const fields = [...sourceElement.form.elements].filter((field) => field.name && !/checkbox|radio|multiple|file/.test(field.type));
  written = { form: sourceElement.form, focus: document.activeElement?.id, values: fields.map(({ name, value }) => [name, value]) };
});

document.addEventListener("htmx:after:swap", () => {
  if (!written) return;
  for (const [name, value] of written.values) if (written.form.elements[name]?.tagName) written.form.elements[name].value = value;
  document.getElementById(written.focus)?.focus();
  written = null;
});

// ---- notes

document.addEventListener("htmx:after:request", (event) => {
  const form = event.detail?.ctx?.sourceElement;
  const status = event.detail?.ctx?.response?.status;
  if (form?.matches?.("[data-composer]") && status >= 200 && status < 300) form.reset();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest?.("[data-composer], .note-edit form")?.requestSubmit();
  if (event.key.toLowerCase() !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.body.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const field = document.querySelector("[data-key-focus=m]");
  if (!field) return;
  event.preventDefault();
  field.focus();
});

// ---- questions as dialogs

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = page() && event.target.closest?.("a[data-ask]");
  if (!link) return;
  event.preventDefault();
  document.getElementById("board-dialog")?.remove();
  link.closest("details")?.removeAttribute("open");
  htmx.ajax("GET", link.getAttribute("href"), { source: document.getElementById("dialogs"), target: "#dialogs", swap: "beforeend" });
});

// ---- what colleagues do

let timer = 0;
let told = "";
let telling = "";

// What one has just sent is answered first: the answer to a form that a refresh took off the page is thrown away by htmx.
const sent = new Set();
document.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx.sourceElement !== page()) sent.add(event.detail.ctx);
});
document.addEventListener("htmx:finally:request", (event) => sent.delete(event.detail.ctx));

function refresh() {
  const here = page();
  clearTimeout(timer);
  if (sent.size) {
    timer = setTimeout(refresh, 150);
    return;
  }
  telling = told;
  told = "";
  if (here) htmx.ajax("GET", `${here.dataset.liveUrl}?told=${telling}`, { source: here, swap: "none" });
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement !== page()) return;
  // A deal that went out of sight, to the bin or to somebody else, leaves its page.
  if (ctx.response?.status === 404) location.assign("/");
  if (!sent.size) return;
  event.preventDefault();
  told ||= telling;
  refresh();
});

function take(event) {
  const here = page();
  const news = JSON.parse(event.data);
  if (!here || news.kind !== "deal" || String(news.subject) !== here.dataset.deal) return;
  const own = String(news.actor) === here.dataset.me;
  if (!own) told = event.lastEventId;
  clearTimeout(timer);
  timer = setTimeout(refresh, own ? 600 : 150);
}

let stream = null;

function listen() {
  const here = page();
  stream?.close();
  if (!here) return;
  stream = new EventSource(`/live?pipeline=${here.dataset.livePipeline}&deal=${here.dataset.deal}`);
  hear(stream);
  stream.addEventListener("entry", take);
  stream.addEventListener("reload", refresh);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", listen);
else listen();
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted || !page()) return;
  listen();
  refresh();
});
