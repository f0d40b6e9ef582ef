// What this page did itself is never somebody else's change: its moves of one deal wait for each other, and each says that it has
// seen those before it, even where the card that shows them has not come yet.
import { board, moving } from "./board.js";

const seen = new Map(); // deal id → the number of the last move this page made of it
const under = new Map(); // deal id → the answer of the last one under way
const ends = new WeakMap(); // a request → what says that it is answered

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const id = moving(ctx);
  if (!id || !board() || ctx.request.method !== "POST") return;
  const before = under.get(id);
  under.set(id, new Promise((end) => ends.set(ctx, end)));
  const { fetch } = ctx;
  ctx.fetch = async (action, request) => {
    await before;
    const known = seen.get(id) ?? 0;
    if (request.body?.has?.("seen") && Number(request.body.get("seen")) < known) request.body.set("seen", known);
    return fetch(action, request);
  };
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const [id, number] = (ctx.response?.headers.get("X-Deal-Moved") ?? "").split(":");
  if (number) seen.set(id, Number(number));
  ends.get(ctx)?.();
});
