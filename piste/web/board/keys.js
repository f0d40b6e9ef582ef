// The board by keyboard: a list of lists. Arrows move the focus, Space lifts and puts down, Shift and an arrow go one stage.
import { announce, board, cardOf, columnOf, focus, hold, nameOf, say, stageName } from "./board.js";
import { foresee, foreseen, show, toColumn, toEnd } from "./moving.js";

let last = ""; // the id of the card that had the focus last
let lifted = null; // { card, column }: the card in the air and the column it would go to

const cardsOf = (list) => [...list.querySelectorAll(":scope article")];
const columns = () => [...board().querySelectorAll("[data-column]")];

function neighbour(card, key) {
  const column = columnOf(card);
  const list = column ?? card.parentElement;
  const place = cardsOf(list).indexOf(card);
  const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key];
  if (key === "Home") return cardsOf(list)[0];
  if (key === "End") return cardsOf(list).at(-1);
  if (!column || key === "ArrowUp" || key === "ArrowDown") return cardsOf(list)[place + step];
  for (let at = columns().indexOf(column) + step; at >= 0 && at < columns().length; at += step) {
    const there = cardsOf(columns()[at]);
    if (there.length) return there[Math.min(place, there.length - 1)];
  }
  return null;
}

const beside = (column, step) => columns()[columns().indexOf(column) + step];

async function lift(card) {
  const column = columnOf(card);
  lifted = { card, column };
  card.classList.add("is-lifted");
  hold(true);
  const list = cardsOf(column ?? card.parentElement);
  const names = { deal: nameOf(card), stage: stageName(column), place: list.indexOf(card) + 1, count: list.length };
  announce(say("lifted", names));
  await foresee(card);
}

function aim(step) {
  const { card, column } = lifted;
  const next = column ? beside(column, step) : columns()[0];
  if (!next) return;
  lifted.column = next;
  show(card, next);
  next.scrollIntoView({ inline: "nearest", block: "nearest" });
  const { place, count } = foreseen(card, next);
  const names = { deal: nameOf(card), from: stageName(columnOf(card)), stage: stageName(next), place, count };
  announce(say(place ? "over" : "at-end", names));
}

function release(go) {
  const { card, column } = lifted;
  lifted = null;
  show(card, null);
  card.classList.remove("is-lifted");
  hold(false);
  if (go && column) toColumn(card, column);
  else announce(say("put-back", { deal: nameOf(card), stage: stageName(columnOf(card)) }));
}

function whileLifted(key) {
  if (key === " ") release(true);
  else if (key === "Escape") release(false);
  else if (key === "ArrowLeft" || key === "ArrowRight") aim(key === "ArrowRight" ? 1 : -1);
  else return key === "ArrowUp" || key === "ArrowDown";
  return true;
}

// With the focus on no control, an arrow enters the board: where one was last, else at the first card.
function enter({ target, key, shiftKey }) {
  if (shiftKey || !key.startsWith("Arrow") || (target !== document.body && target.id !== "main")) return false;
  const card = document.getElementById(last) ?? cardsOf(board())[0];
  if (card) focus(card);
  return Boolean(card);
}

const ENDS = { w: "won", l: "lost", h: "held" };

function onCard(card, event) {
  const { key, shiftKey } = event;
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  if (sideways && shiftKey && columnOf(card)) {
    const next = beside(columnOf(card), key === "ArrowRight" ? 1 : -1);
    if (next) toColumn(card, next);
    return true;
  }
  if (key === " ") {
    lift(card);
    return true;
  }
  if (key.startsWith("Arrow") || key === "Home" || key === "End") {
    focus(neighbour(card, key));
    return true;
  }
  const end = ENDS[key.toLowerCase()];
  if (!end || shiftKey || document.body.dataset.singleKeys === "off") return false;
  if (end === "held" || columnOf(card)) toEnd(card, end);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!board() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (lifted && !lifted.card.isConnected) lifted = null;
  const card = cardOf(event.target.closest?.(".deal__link"));
  if (lifted && !(card && ENDS[event.key.toLowerCase()])) {
    if (whileLifted(event.key)) event.preventDefault();
    return;
  }
  if (!card) {
    if (enter(event)) event.preventDefault();
    return;
  }
  if (lifted) release(false);
  if (onCard(card, event)) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  last = cardOf(event.target)?.id || last;
});

document.addEventListener("focusout", (event) => {
  if (lifted && event.relatedTarget && !lifted.card.contains(event.relatedTarget)) release(false);
});
