// The forms of steps: a day written down takes the tick from the usual ones, a usual one empties the day written down.
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-step-form]");
  if (!form) return;
  if (event.target.name === "on" && event.target.value) {
    for (const choice of form.querySelectorAll("[name=when]")) choice.checked = false;
  } else if (event.target.name === "when") {
    form.elements.namedItem("on").value = "";
  }
});
