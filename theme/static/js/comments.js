// The form of an article, made more comfortable; everything here works without it too.
// Replying in place, a look at the comment before it is sent, and a seal that tells the service
// a double click from two comments. Nothing is kept in the browser.

(function () {
  "use strict";

  const form = document.querySelector("#comentar form");
  if (!form || !window.fetch || !window.DOMParser) return;
  const said = form.dataset;
  const place = form.parentNode;
  const send = form.querySelector("button[type=submit]");

  function make(tag, values, ...children) {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...children);
    return made;
  }

  // A hidden field, made when it is needed.
  function put(name, value) {
    const field = form.elements[name] || make("input", { type: "hidden", name });
    field.value = value;
    form.append(field); // at the end: browsers know a form by its first fields, and Back fills it
  }

  // The seal: asked for at the first touch, so that reading a page asks for nothing.

  function touched() {
    form.removeEventListener("focusin", touched);
    fetch(form.action + "/sello", { credentials: "omit", cache: "no-store" })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((seal) => seal && put("seal", seal))
      .catch(() => {}); // without one the comment is as welcome
  }
  form.addEventListener("focusin", touched);

  // A reply in its place.

  let left = null; // the link to go back to
  const whom = make("strong", { id: "comentar-a-quien" });
  const cancel = make("button", { type: "button", className: "button button--quiet" }, said.cancel);
  const note = make("p", { className: "notice" }, said.reply + " ", whom, " ", cancel);

  function reply(link) {
    const comment = link.closest("article");
    whom.textContent = comment.querySelector(".p-author").textContent.trim();
    comment.after(form);
    form.prepend(note);
    put("in_reply_to", new URL(link.href).searchParams.get("responder"));
    form.setAttribute("aria-labelledby", "comentar-titulo comentar-a-quien");
    left = link;
    const empty = form.elements.author.value ? form.elements.body : form.elements.author;
    empty.focus();
    note.scrollIntoView({ block: "nearest" });
  }

  cancel.addEventListener("click", () => {
    note.remove();
    form.elements.in_reply_to.remove();
    form.setAttribute("aria-labelledby", "comentar-titulo");
    place.append(form);
    left.focus();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest('.comment__foot a[href*="responder="]');
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || event.button || elsewhere) return;
    event.preventDefault();
    reply(link);
  });

  // How it will look: the service's own rendering, taken from the page that it answers with.

  const look = make("button", {
    type: "submit",
    className: "button button--quiet",
    formAction: form.action + "/vista-previa",
  }, said.preview);
  const row = make("div", { className: "button-row" });
  send.replaceWith(row);
  row.append(send, look);

  let plain = false; // the browser itself sends the form, as without a script

  function preview() {
    const body = new URLSearchParams(new FormData(form));
    return fetch(look.formAction, { method: "POST", body, credentials: "omit" })
      .then((answer) => answer.text())
      .then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        const found = page.getElementById("vista-previa");
        if (!found) throw new Error("no preview"); // a fault: the service's page says which
        forget();
        found.removeAttribute("autofocus");
        form.append(document.adoptNode(found));
        found.focus();
      });
  }

  function forget() {
    const shown = form.querySelector("#vista-previa");
    if (shown) shown.remove();
  }

  look.addEventListener("click", (event) => {
    if (plain) return;
    event.preventDefault();
    preview().catch(() => {
      plain = true;
      look.click();
      plain = false;
    });
  });
  form.addEventListener("input", forget); // it is no longer what will be sent
})();
