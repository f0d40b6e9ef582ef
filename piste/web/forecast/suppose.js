// The number beside a slider follows it; the plan itself is counted by the server.
document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.type !== "range" || !slider.closest("[data-suppose]")) return;
  const said = slider.closest(".field").querySelector("output");
  said.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(slider.value / 100);
});
