// Who else is on the page of the deal, as the stream tells it.
let names = [];

function show() {
  const line = document.querySelector("[data-present]");
  if (!line) return;
  const said = new Intl.ListFormat(document.documentElement.lang).format(names);
  line.hidden = names.length === 0;
  line.textContent = line.dataset[names.length > 1 ? "several" : "one"].replace("{who}", said);
}

export function hear(stream) {
  names = [];
  stream.addEventListener("present", (event) => {
    names = JSON.parse(event.data);
    show();
  });
}

document.addEventListener("htmx:after:swap", show);
