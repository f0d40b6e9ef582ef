// The time zone is the browser's until somebody chooses one.
function guess() {
  const select = document.querySelector("select[data-zone]");
  if (!select || document.querySelector(".is-invalid") || sessionStorage.getItem("zone-guessed")) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  sessionStorage.setItem("zone-guessed", zone);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", guess);
else guess();
