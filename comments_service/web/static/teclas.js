// Single keys for whoever turned them on: each presses a button or follows a link that stands on
// the page. They do nothing while one writes. Without this script everything is as usable.

(function () {
  "use strict";

  const help = document.querySelector("dialog[data-keys]");
  if (!help) return;
  const keys = new Map(Object.entries(JSON.parse(help.dataset.keys)).map(([does, key]) => [key, does]));
  const items = [...document.querySelectorAll(".tray__item")];

  // The comment in which the focus is; the page of one comment is all of it.
  const here = () => document.activeElement.closest(".tray__item");
  const scope = () => here() || (items.length ? items[0] : document);

  function go(step) {
    const at = items.indexOf(here());
    const to = items[at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1)];
    if (!to) return;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  }

  // A form that does it at once; else the one that opens; else the page of the comment.
  function press(word) {
    const form = scope().querySelector(`form.act[action$="/${word}"], .tray__item form[action$="/${word}"]`);
    if (form) {
      const within = form.closest("details");
      if (within) within.open = true;
      form.querySelector("button[type=submit]").click();
    } else if (!items.length) {
      unfold(word);
    } else {
      const link = scope().querySelector("a.more");
      if (link) location.assign(`${link.href}&abrir=${word}`);
    }
  }

  // The place to write in a form that opens, or the button of one that does it at once: a link
  // may lead here, so the button is never pressed.
  function unfold(word) {
    const acts = [...document.querySelectorAll("form.act")];
    const found = document.getElementById(word) || acts.find((each) => each.action.endsWith(`/${word}`));
    if (!found) return;
    for (let each = found.closest("details"); each; each = each.parentElement.closest("details")) {
      each.open = true;
    }
    const fields = "textarea, input:not([type=hidden]), select, button";
    const form = found.matches("form") ? found : found.querySelector("form[method=post]");
    form?.querySelector(fields)?.focus();
  }

  const marks = [...document.querySelectorAll("input[data-mark]")];
  const marked = document.querySelector("[data-marked]");

  // How many are marked: seen beside the buttons for all of them, and spoken.
  function count() {
    const some = marks.filter((each) => each.checked).length;
    if (marked) marked.textContent = some ? `${marked.dataset.marked} ${some}` : "";
  }

  function mark() {
    const box = scope().querySelector("input[data-mark]");
    if (!box) return;
    box.checked = !box.checked;
    count();
  }

  // Where some are marked, and on the page that shows those, the key is for all of them; what has
  // to be filled in first gets the focus.
  function together(name) {
    const button = document.querySelector(`[data-together=${name}]`);
    if (!button || (items.length && !marks.some((each) => each.checked))) return false;
    const field = button.form.querySelector("textarea, input:not([type=hidden])");
    if (field) field.focus();
    else button.click();
    return true;
  }

  const does = {
    next: () => go(1),
    previous: () => go(-1),
    publish: () => together("publish") || press("publicar"),
    refuse: () => together("refuse") || press("no-publicar"),
    mark,
    pass_on: () => press("derivar"),
    answer: () => press("contestar"),
    no_answer: () => press("no-hace-falta"),
    undo: () => document.querySelector("[data-key=undo]")?.click(),
    help: () => help.showModal(),
  };

  const isWriting = (where) =>
    where.isContentEditable || where.closest("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");

  // Back to the list, unless something was written that would be lost.
  function leave() {
    const written = [...document.querySelectorAll("textarea")].some((each) => each.value);
    if (!written) document.querySelector("[data-key=back]")?.click();
  }

  document.addEventListener("keydown", (event) => {
    const alone = !(event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing);
    if (!alone || help.open || isWriting(event.target)) return;
    if (event.key === "Escape") leave();
    const what = keys.get(event.key.toLowerCase());
    if (!what) return;
    event.preventDefault();
    does[what]();
  });

  document.addEventListener("change", (event) => marks.includes(event.target) && count());
  window.addEventListener("pageshow", count); // who goes back finds the marks again

  // After a decision: on to the comment that the address names, else to the first one; what was
  // done is put anew into its place, so that it is spoken.
  const status = document.querySelector("[role=status]");
  const named = location.hash.startsWith("#c-") && document.getElementById(location.hash.slice(1));
  if (named || (status && items.length)) (named || items[0]).focus();
  if (status) {
    const words = [...status.childNodes];
    status.replaceChildren();
    setTimeout(() => status.replaceChildren(...words), 150);
  }
  // What is asked about all that are marked is read first, from its heading on.
  if (!document.querySelector(".error-summary")) {
    document.querySelector("h1[tabindex]")?.focus({ preventScroll: true });
  }
  // The form that a key of the list asked for. Not by the address's anchor: going there takes the
  // focus away again.
  const asked = !items.length && new URLSearchParams(location.search).get("abrir");
  if (asked) unfold(asked);
})();
