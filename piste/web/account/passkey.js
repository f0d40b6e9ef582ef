// Passkeys: a form with data-passkey ("login", "use" or "add") asks the browser for a credential and sends it.
// The server's options come as JSON in the form, or from data-options when a button is pressed.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const described = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

function asking(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) };
}

function creating(options, alone) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
    authenticatorSelection: {
      ...options.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone ? { userVerification: "required" } : {}),
    },
  };
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function options(form) {
  if (!form.dataset.options) return JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new TypeError("no options");
  return answer.json();
}

function trouble(form, error) {
  const word =
    { SecurityError: "address", InvalidStateError: "known", NotSupportedError: "unable", TypeError: "network" }[error.name] ??
    "cancelled";
  const place = form.querySelector("[data-passkey-trouble]");
  place.textContent = form.querySelector(`[data-passkey-words="${word}"]`).content.textContent;
  place.hidden = false;
}

async function act(form) {
  if (!form.reportValidity()) return;
  form.querySelector("[data-passkey-trouble]").hidden = true;
  try {
    if (!navigator.credentials || !window.PublicKeyCredential) {
      throw new DOMException("", window.isSecureContext ? "NotSupportedError" : "SecurityError");
    }
    const given = await options(form);
    const credential =
      form.dataset.passkey === "add"
        ? await navigator.credentials.create({
            publicKey: creating(given.creation_options.publicKey, form.elements.passwordless?.checked ?? false),
          })
        : await navigator.credentials.get({ publicKey: asking(given.request_options.publicKey) });
    form.elements.credential.value = written(credential);
    form.submit();
  } catch (error) {
    trouble(form, error);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-passkey-act]");
  if (!button) return;
  event.preventDefault();
  act(button.closest("form[data-passkey]"));
});
