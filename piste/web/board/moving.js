// The ways a card can go, whatever hand moves it: to a column, to an end; and what each place would ask of it.
import { announce, ask, askOf, board, cardOf, columnOf, idOf, nameOf, putBack, remember, say, send, stageName } from "./board.js";

export function toColumn(card, column, origin = columnOf(card)) {
  const names = { deal: nameOf(card), stage: stageName(column) };
  if (column === origin && card.matches(".deal")) {
    putBack(idOf(card));
    announce(say("same", names));
    return;
  }
  remember(card, ...(before.get(idOf(card)) ?? []));
  announce(say("moving", names));
  send(card, "move", { to: column.dataset.column });
}

export function toEnd(card, end) {
  if (end === "won") send(card, "win");
  else askOf(card, end === "lost" ? "lose" : "hold");
}

// Where a drag began, kept until it is known where it ends.
const before = new Map();
export const begin = (card) => before.set(idOf(card), [card.parentElement, card.nextElementSibling]);
export const end = (card) => before.delete(idOf(card));

// What each stage would ask of the card, and the place it would take there: asked once, when it is lifted.
let known = {};

export async function foresee(card) {
  known = {};
  const id = idOf(card);
  try {
    const answer = await fetch(`/deals/${id}/needs/`, { headers: { "HX-Current-URL": location.href } });
    if (answer.ok) known = { id, ...(await answer.json()) };
  } catch {
    known = {}; // without it one still moves; the server will say
  }
}

export const foreseen = (card, column) => (known.id === idOf(card) && known[column.dataset.column]) || {};

export function show(card, column) {
  for (const other of board().querySelectorAll(".column.is-target")) if (other !== column) other.classList.remove("is-target");
  for (const note of board().querySelectorAll(".drop-note")) note.remove();
  if (!column) return;
  column.classList.add("is-target");
  const { needs } = foreseen(card, column);
  if (!needs?.length) return;
  const note = document.createElement("div");
  note.className = "drop-note";
  const [text, facts] = ["span", "b"].map((name) => document.createElement(name));
  facts.textContent = needs.join(", ");
  text.append(`${say("needs")} `, facts);
  note.append(text);
  column.querySelector("[data-cards]").prepend(note);
}

export { ask, cardOf };
