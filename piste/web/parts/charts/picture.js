// A chart as a picture: its shapes are drawn from their SVG with the colours they wear on the page, its words by the
// canvas in the page's own fonts. Nothing leaves the browser. A table is no picture.
const WORN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "vector-effect"];
const SHAPES = "path, ellipse, circle, rect, line, polyline";
const SCALE = 2;
const MARGIN = 24;
const HEAD = 24;
const FOOT = 18;

async function shapes(pen, svg, left, top) {
  const box = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  const pairs = [...svg.querySelectorAll(SHAPES)].map((shape, place) => [shape, copy.querySelectorAll(SHAPES)[place]]);
  for (const [shape, twin] of pairs) {
    if (!shape.getClientRects().length) {
      twin.remove();
      continue;
    }
    const style = getComputedStyle(shape);
    for (const name of WORN) twin.setAttribute(name, style.getPropertyValue(name));
  }
  for (const text of copy.querySelectorAll("text, title, use")) text.remove();
  copy.removeAttribute("class");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  // What overflows its box (a rim, a dot at the edge) is part of the picture.
  const room = 16;
  const outer = `<svg xmlns="http://www.w3.org/2000/svg" width="${(box.width + 2 * room) * SCALE}" height="${(box.height + 2 * room) * SCALE}" viewBox="${-room} ${-room} ${box.width + 2 * room} ${box.height + 2 * room}">`;
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  copy.setAttribute("overflow", "visible");
  const image = new Image();
  const address = URL.createObjectURL(new Blob([outer, new XMLSerializer().serializeToString(copy), "</svg>"], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    pen.drawImage(image, box.left - left - room, box.top - top - room, box.width + 2 * room, box.height + 2 * room);
  } finally {
    URL.revokeObjectURL(address);
  }
}

// Each line of a text as the page has broken it: its words, from where to where, and the height of their middle.
function* lines(text) {
  const range = document.createRange();
  let row = null;
  for (let place = 0; place < text.data.length; place += 1) {
    range.setStart(text, place);
    range.setEnd(text, place + 1);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const y = box.top + box.height / 2;
    if (row && y > row.y + box.height / 2) {
      yield row;
      row = null;
    }
    row ??= { words: "", from: box.left, to: box.right, y };
    row.words += text.data[place];
    row.to = box.right;
  }
  if (row) yield row;
}

function words(pen, part, left, top) {
  const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const owner = text.parentElement;
    if (owner.localName === "title" || owner.closest(".visually-hidden") || !text.data.trim()) continue;
    const style = getComputedStyle(owner);
    if (style.visibility === "hidden") continue;
    pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fillStyle = owner.namespaceURI.endsWith("svg") ? style.fill : style.color;
    pen.textBaseline = "middle";
    // The canvas has no tabular figures: what is aligned by its end or middle on the page is so here too.
    const middle = style.textAnchor === "middle";
    const end = style.textAnchor === "end" || style.textAlign === "end";
    pen.textAlign = middle ? "center" : end ? "right" : "left";
    for (const { words: said, from, to, y } of lines(text)) pen.fillText(said.trim(), (middle ? (from + to) / 2 : end ? to : from) - left, y - top);
  }
}

// A sentence in lines no longer than a width, as the pen writes it.
function broken(pen, sentence, width) {
  const found = [];
  for (const word of sentence.trim().split(/[ \n]+/)) {
    const longer = found.length ? `${found.at(-1)} ${word}` : word;
    if (found.length && pen.measureText(longer).width <= width) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

async function picture(plot) {
  const chart = plot.querySelector('[data-plot-part="chart"]');
  const was = chart.hidden;
  chart.hidden = false;
  try {
    const drawing = chart.querySelector("[data-drawing]");
    const box = drawing.getBoundingClientRect();
    const canvas = document.createElement("canvas");
    canvas.width = (box.width + 2 * MARGIN) * SCALE;
    const note = plot.querySelector("[data-plot-note]");
    const head = note ? 2 * HEAD : HEAD;
    const pen = canvas.getContext("2d");
    // The foot says the unit and the years: without it the numbers of a picture that is passed on are of nobody knows what.
    const foot = plot.querySelector("[data-plot-foot]");
    const worn = foot && getComputedStyle(foot);
    const font = foot && `${worn.fontWeight} ${worn.fontSize} ${worn.fontFamily}`;
    if (foot) pen.font = font;
    const under = foot ? broken(pen, foot.textContent, box.width) : [];
    canvas.height = (box.height + head + (under.length ? under.length * FOOT + FOOT / 2 : 0) + 2 * MARGIN) * SCALE;
    pen.scale(SCALE, SCALE);
    pen.fillStyle = getComputedStyle(plot.closest(".panel") ?? document.body).backgroundColor;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    const title = plot.querySelector("h2, h3");
    for (const [part, y] of [[title, MARGIN + 8], [note, MARGIN + 30]]) {
      if (!part) continue;
      const style = getComputedStyle(part);
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      pen.fillStyle = style.color;
      pen.fillText(part.textContent, MARGIN, y);
    }
    const [left, top] = [box.left - MARGIN, box.top - MARGIN - head];
    for (const svg of drawing.querySelectorAll("svg")) if (!svg.parentElement.closest("svg")) await shapes(pen, svg, left, top);
    words(pen, drawing, left, top);
    pen.textAlign = "left";
    for (const [place, line] of under.entries()) {
      pen.font = font;
      pen.fillStyle = worn.color;
      pen.fillText(line, MARGIN, MARGIN + head + box.height + FOOT * (place + 1.4));
    }
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    chart.hidden = was;
  }
}

function ready(root) {
  for (const button of root.querySelectorAll("[data-plot-picture]")) {
    button.hidden = !button.closest("[data-plot]").querySelector("[data-drawing]");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-plot-picture]");
  if (!button) return;
  const made = await picture(button.closest("[data-plot]"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(made);
  link.download = button.dataset.plotPicture;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => ready(document));
else ready(document);
document.addEventListener("htmx:after:swap", () => ready(document));
