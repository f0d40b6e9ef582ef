// What every behaviour of the board shares: its cards, its questions to the server, and a swap that keeps focus and place.
import htmx from "htmx.org";

export const board = () => document.querySelector("[data-board]");
export const cardOf = (node) => node?.closest?.(".board-body :is(.deal, .deal-held)") ?? null;
export const columnOf = (node) => node?.closest?.("[data-column]") ?? null;
export const idOf = (card) => card.id.slice("deal-".length);
export const nameOf = (card) => card.querySelector(".deal__link").textContent.trim();
export const stageName = (column) => column?.querySelector("h2 .truncate")?.textContent.trim() ?? "";

// A sentence of the server with its names in braces filled in.
export function say(key, names = {}) {
  const text = board().getAttribute(`data-say-${key}`) ?? "";
  return text.replace(/\{(\w+)\}/g, (_, name) => names[name] ?? "");
}

export function announce(text) {
  const region = document.querySelector("[data-announcer]");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}

function trouble(name) {
  const toast = board().querySelector("template[data-trouble]").content.cloneNode(true);
  toast.querySelector("span").textContent = say(name);
  document.querySelector("[data-toasts]")?.append(toast);
}

// Where cards stood before a move that the server has not yet confirmed: deal id → [parent, next sibling].
const origins = new Map();
let dragging = false;
const stale = new Set();
let timer = 0;

export function remember(card, parent = card.parentElement, next = card.nextElementSibling) {
  origins.set(idOf(card), [parent, next]);
}

export function putBack(id) {
  const [parent, next] = origins.get(id) ?? [];
  origins.delete(id);
  const card = document.getElementById(`deal-${id}`);
  if (!card || !parent?.isConnected) return;
  parent.insertBefore(card, next?.parentElement === parent ? next : null);
}

export function send(card, verb, values = {}) {
  const body = { seen: card.dataset.seen, ...values };
  return htmx.ajax("POST", `/deals/${idOf(card)}/${verb}/`, { source: board(), swap: "none", values: body });
}

export function ask(address) {
  const [path, anchor] = address.split("#");
  document.getElementById("board-dialog")?.remove();
  return htmx.ajax("GET", path, { source: board(), target: "#dialogs", swap: "beforeend" }).then(() => {
    if (anchor) document.getElementById(anchor)?.focus();
  });
}

export function askOf(card, verb) {
  return ask(`/deals/${idOf(card)}/${verb}/?seen=${card.dataset.seen}`);
}

// How much of each column is on the page, so that an answer gives back as much.
export function shown() {
  const columns = [...board().querySelectorAll("[data-column]")];
  return columns.map((column) => `${column.dataset.column}:${column.querySelectorAll(".deal").length}`);
}

export function hold(on) {
  dragging = on;
  if (!on && stale.size) later();
}

// Fetches columns anew; calls in quick succession become one request, and none goes out while a card is in the air.
export function refresh(stages) {
  for (const stage of stages) stale.add(String(stage));
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(run, 120);
}

function run() {
  if (dragging || !board()) return;
  const wanted = shown().filter((pair) => stale.has(pair.split(":")[0]));
  stale.clear();
  const query = new URLSearchParams(location.search);
  query.delete("column");
  for (const pair of wanted) query.append("column", pair);
  htmx.ajax("GET", `${board().dataset.columns}?${query}`, { source: board(), swap: "none" });
}

export function refreshAll() {
  refresh([...board().querySelectorAll("[data-column]")].map((column) => column.dataset.column));
}

export function reload() {
  htmx.ajax("GET", location.pathname + location.search, { target: "#board-body", swap: "outerMorph" });
}

// ---- the swap

let focused = null;

// A card that changes column is carried over as it is, so that it keeps its focus and the morph only updates it.
function carry(tasks) {
  for (const task of tasks) {
    const target = typeof task.target === "string" ? document.querySelector(task.target) : task.target;
    const list = target?.matches?.("[data-column]") && target.querySelector("[data-cards]");
    if (!list) continue;
    for (const fresh of task.fragment.querySelectorAll("article[id]")) {
      const there = document.getElementById(fresh.id);
      if (there && !target.contains(there)) (list.moveBefore ?? list.insertBefore).call(list, there, null);
    }
  }
}

// Which deal a request is about to move, or asks how to.
export const moving = (ctx) => ctx?.request?.action?.match(/^\/deals\/(\d+)\/\w+\//)?.[1];

document.addEventListener("htmx:before:swap", (event) => {
  if (!board()) return;
  const { ctx, tasks } = event.detail;
  if (moving(ctx) && (ctx.response?.status >= 500 || ctx.response?.status === 404)) tasks.length = 0; // said by the board itself
  if (dragging) {
    for (let place = tasks.length - 1; place >= 0; place--) {
      const column = columnOf(tasks[place].target);
      if (column && tasks[place].target === column) {
        stale.add(column.dataset.column);
        tasks.splice(place, 1);
      }
    }
  }
  const card = cardOf(document.activeElement);
  focused = card && {
    id: card.id,
    column: columnOf(card)?.id,
    place: [...card.parentElement.querySelectorAll("article")].indexOf(card),
  };
  carry(tasks);
});

document.addEventListener("htmx:after:swap", (event) => {
  if (!board()) return;
  event.detail.ctx.sourceElement?.closest?.("[data-toast]")?.remove();
  if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
  const again = document.getElementById(focused.id);
  const beside = document.getElementById(focused.column)?.querySelectorAll("article") ?? [];
  focus(again ?? beside[Math.min(focused.place, beside.length - 1)]);
});

document.addEventListener("htmx:config:request", (event) => {
  if (board()) event.detail.ctx.request.headers["X-Board-Shown"] = shown().join(",");
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const id = moving(ctx);
  if (!id || !board()) return;
  const status = ctx.response?.status;
  if (status && status < 500 && status !== 404) {
    origins.delete(id);
    return;
  }
  putBack(id);
  trouble(!status ? "offline" : status === 404 ? "gone" : "broken");
  if (status) refreshAll();
});

// What 150 cards need not carry: the names of their menus, and their days against the norm in words.
function dress() {
  for (const link of board().querySelectorAll(".deal__more:not([title])")) {
    link.title = say("menu");
    link.setAttribute("aria-label", `${say("menu")} ${nameOf(link.closest("article"))}`);
  }
  for (const age of board().querySelectorAll(".column .age:not([title])")) {
    const { norm } = columnOf(age).dataset;
    age.title = say(norm ? "age" : "age-alone", { days: age.textContent, norm });
  }
}

// ---- one card of the board is in the order of tabulation; arrows go to the others

let current = "";

// One stop a list: Tab goes from column to column, arrows from card to card.
export function rove(to) {
  const one = to ?? document.getElementById(current)?.querySelector(".deal__link") ?? board().querySelector(".deal__link");
  current = one?.closest("article").id ?? "";
  for (const list of board().querySelectorAll("[data-cards], [data-held]")) {
    const links = [...list.querySelectorAll(".deal__link")];
    const stop = links.includes(one) ? one : links[0];
    for (const link of links) {
      link.tabIndex = link === stop ? 0 : -1;
      link.closest("article").querySelector(".deal__more").tabIndex = link.tabIndex;
    }
  }
}

export function focus(card) {
  const link = card?.querySelector(".deal__link");
  if (!link) return;
  rove(link);
  link.focus({ preventScroll: false });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.(".board-body .deal__link");
  if (link) rove(link);
});

// ---- links that ask something open as dialogs; the card's own menu among them

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.(":is(.board-body, #board-dialog) :is(.deal__more, a[data-ask])");
  if (!link || !board()) return;
  event.preventDefault();
  const card = cardOf(link);
  if (card) focus(card);
  if (card) askOf(card, "move");
  else ask(link.getAttribute("href"));
});

export function start(behaviour) {
  const go = () => board() && behaviour(board());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", go);
  else go();
  document.addEventListener("htmx:after:swap", go);
}

start(() => {
  dress();
  rove();
});
