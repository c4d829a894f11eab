// Passkeys: the device answers a challenge of the service, and a form of the page takes the
// answer there. Without this script one signs in with password and code.

(function () {
  "use strict";

  const form = document.querySelector("form[data-passkey]");
  const known = window.PublicKeyCredential;
  if (!form || !known || !known.parseRequestOptionsFromJSON) return;
  const said = form.querySelector("[data-failed]");
  const without = document.querySelector("[data-without-passkeys]");
  if (without) without.hidden = true;
  form.hidden = false;

  // Asks the service for a challenge, and the device for its answer.
  async function ask() {
    const csrf = form.elements.csrf;
    const sent = await fetch(form.action + "/reto", {
      method: "POST",
      body: new URLSearchParams(csrf ? { csrf: csrf.value } : {}),
      cache: "no-store",
    });
    if (!sent.ok) throw new Error(String(sent.status));
    const { token, options } = await sent.json();
    const given = JSON.parse(options);
    const answer =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({
            publicKey: known.parseCreationOptionsFromJSON(given),
          })
        : await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(given) });
    form.elements.token.value = token;
    form.elements.answer.value = JSON.stringify(answer.toJSON());
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    said.textContent = "";
    ask()
      .then(() => form.submit())
      .catch(() => (said.textContent = said.dataset.failed));
  });
})();
