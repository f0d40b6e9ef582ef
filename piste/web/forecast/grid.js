// A range copied from a spreadsheet, pasted into the field where it begins.
document.addEventListener("paste", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.closest("[data-grid] td")) return;
  const rows = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n/).map((row) => row.split("\t"));
  if (rows.length === 1 && rows[0].length === 1) return;
  event.preventDefault();
  let line = field.closest("tr");
  const place = [...line.querySelectorAll("td > input")].indexOf(field);
  for (const row of rows) {
    const fields = line ? [...line.querySelectorAll("td > input")] : [];
    row.forEach((text, at) => {
      if (fields[place + at]) fields[place + at].value = text.trim();
    });
    line = line?.nextElementSibling;
  }
});
