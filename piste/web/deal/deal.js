// The deal page: a field is focused when it opens, Escape closes it, names are suggested as one types,
// and what a colleague changes arrives by itself unless one is typing.
document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector("[data-fact-form]:not([data-seen]), #new-deal-dialog:not([data-seen])");
  if (!form) return;
  form.dataset.seen = "";
  form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const form = event.target.closest?.("[data-fact-form]");
  if (form) refresh(true);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-fact-form] [data-cancel]")) return;
  if (!document.querySelector("[data-deal]")) return;
  event.preventDefault();
  refresh(true);
});

let waiting = null;
document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-suggest]");
  if (!field) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const answer = await fetch(`/deals/alike/${field.dataset.suggest}/?q=${encodeURIComponent(field.value)}`);
    const list = document.getElementById(field.getAttribute("list"));
    if (answer.ok && list) list.innerHTML = await answer.text();
  }, 180);
});

document.addEventListener("htmx:after:request", (event) => {
  const form = event.detail?.ctx?.sourceElement;
  if (form?.matches?.("[data-composer]") && event.detail.ctx.response?.raw?.ok !== false) form.reset();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "m" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.body.dataset.singleKeys === "off") return;
  if (event.target.closest?.("input, textarea, select, dialog")) return;
  const field = document.querySelector("[data-key-focus=m]");
  if (field) {
    event.preventDefault();
    field.focus();
  }
});

function refresh(now) {
  const page = document.querySelector("[data-deal]");
  if (!page) return;
  const typing = page.querySelector("[data-fact-form]") || page.contains(document.activeElement?.closest("textarea"));
  if (typing && !now) return;
  window.htmx?.ajax("GET", page.dataset.liveUrl, { swap: "none" });
}

function listen() {
  const page = document.querySelector("[data-deal]");
  if (!page) return;
  const stream = new EventSource(`/live?pipeline=${page.dataset.livePipeline}`);
  stream.addEventListener("entry", (event) => {
    const news = JSON.parse(event.data);
    if (news.kind === "deal" && String(news.subject) === page.dataset.deal) refresh(false);
  });
  window.addEventListener("pagehide", () => stream.close());
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", listen);
else listen();
