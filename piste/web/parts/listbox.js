// A list of choices under a field: shown, walked through with the arrows, chosen by Enter, Tab or a tap.
// The field keeps the focus; those who listen hear which choice is meant.
let count = 0;

export class Listbox {
  constructor(field, choose) {
    this.field = field;
    this.choose = choose;
    this.list = null;
    this.id = `listbox-${++count}`;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  get options() {
    return this.list ? [...this.list.children] : [];
  }

  show(html) {
    if (!html.trim()) return this.close();
    if (!this.list) {
      this.list = document.createElement("ul");
      this.list.className = "menu listbox";
      this.list.id = this.id;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.field.labels?.[0]?.textContent.trim() ?? "");
      this.list.addEventListener("pointerdown", (event) => {
        const option = event.target.closest("[role=option]");
        if (!option) return;
        event.preventDefault();
        this.pick(option);
      });
      this.field.after(this.list);
      this.field.setAttribute("aria-controls", this.id);
    }
    this.list.innerHTML = html;
    this.options.forEach((option, place) => (option.id = `${this.id}-${place}`));
    this.field.setAttribute("aria-expanded", "true");
    this.mark(null);
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  mark(option) {
    for (const one of this.options) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      this.field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.field.removeAttribute("aria-activedescendant");
  }

  get marked() {
    return this.options.find((option) => option.getAttribute("aria-selected") === "true");
  }

  pick(option) {
    this.choose(option);
    this.close();
  }

  key(event) {
    if (!this.list || event.isComposing) return;
    const { options } = this;
    const place = options.indexOf(this.marked);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(options[(place + step + options.length + (place < 0 && step < 0 ? 1 : 0)) % options.length]);
    } else if ((event.key === "Enter" || event.key === "Tab") && this.marked) {
      this.pick(this.marked);
    } else if (event.key === "Escape") {
      this.close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
