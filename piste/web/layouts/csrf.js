// Every request htmx sends that changes something carries the page's CSRF token.
document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  if (!["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) {
    request.headers["X-CSRFToken"] = document.body.dataset.csrf;
  }
});
