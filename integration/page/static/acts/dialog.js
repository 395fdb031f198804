// The dialog in which acts are chosen, filled in and sent. One at a time; the focus goes back when it closes.

import { el, swap } from "../dom.js";
import { say } from "../words.js";

const box = () => document.getElementById("act");
let opener = null;
let turn = 0; // counts what was shown, and that it was closed

// Shows content in the dialog; opens it if it is closed. The heading gets the focus. Its number is for `isShown`.
export function show(scope, title, ...content) {
  const dialog = box();
  if (!dialog.open) opener = document.activeElement?.dataset?.key ?? null;
  dialog.dataset.scope = scope === "actual" ? "actual" : "exercise";
  const heading = el("h2", { id: "act-title", tabindex: -1 }, title);
  swap(
    dialog,
    scope !== "actual" && el("p", { class: "act-band" }, el("strong", null, say("exercise")), el("span", null, say("exercise_note"))),
    el("button", { type: "button", class: "close", "data-key": "act-close", onclick: close }, say("close")),
    heading,
    content,
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  heading.focus();
  return ++turn;
}

// Whether that is still what is shown: an answer that comes when the dialog was closed opens it no more.
export function isShown(number) {
  return box().open && turn === number;
}

export function close() {
  box().close();
}

// The page is drawn anew while the dialog is open: what opened it is found again by its key.
export function listen() {
  box().addEventListener("close", () => {
    turn += 1;
    const found = opener && document.querySelector(`[data-key="${CSS.escape(opener)}"]`);
    opener = null;
    (found ?? document.getElementById("main")).focus({ preventScroll: true });
  });
}
