// Likely doubles appear under the form while one types.
let waiting = null;
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-alike-form]");
  if (!form || !event.target.matches("input")) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const asked = new URLSearchParams(new FormData(form));
    asked.delete("csrfmiddlewaretoken");
    const answer = await fetch(`/alike/${form.dataset.alikeForm}/?${asked}`).catch(() => null);
    const place = form.querySelector("[data-alike-answer]");
    if (answer?.ok && place) place.innerHTML = await answer.text();
  }, 250);
});
