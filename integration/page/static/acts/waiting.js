// What waits for a second person, each with what was filled in; who may says yes or no.

import { el, swap } from "../dom.js";
import { full } from "../format.js";
import { say, told } from "../words.js";
import { isShown, show } from "./dialog.js";
import { shownValue } from "./fields.js";
import { outcome, refusal } from "./form.js";
import { approve, waiting } from "./server.js";

export async function openWaiting(scope) {
  const reading = show(scope, say("act_reading"));
  const answer = await waiting();
  if (!isShown(reading)) return;
  if (!answer.ok) return show(scope, say("waiting"), refusal(answer));
  const list = answer.told.waiting;
  show(scope, say("waiting"), list.length === 0 && el("p", { class: "none" }, say("waiting_none")), list.map(item));
}

function item(one) {
  const said = el("div", { class: "act-said", role: "alert", tabindex: -1 });
  const note = el("textarea", { id: `note-${one.key}`, rows: 2, maxlength: 1000 });
  const drill = one.about.split(":")[1] !== "actual";
  const buttons = el("p", { class: "act-buttons" });
  const answer = (word, yes) =>
    el("button", { type: "button", "data-key": `act-${yes}-${one.key}`, onclick: () => decide(one, yes, note.value, said, buttons) }, word);
  buttons.append(answer(say("waiting_yes"), "yes"), answer(say("waiting_no"), "no"));
  return el(
    "section",
    { class: "act-waiting", "aria-label": told(one.title) },
    el("h3", null, drill && el("span", { class: "act-drill" }, say("exercise")), " ", told(one.title)),
    el("p", { class: "facts" }, say("waiting_asked", one.asked_by, full(one.asked_ms), full(one.lapses_ms))),
    el("p", { class: "act-warning" }, told(one.warning)),
    el("dl", null, one.fields.filter((f) => f.kind !== "hidden").map((f) => el("div", null, el("dt", null, told(f.label)), el("dd", { class: "text" }, shownValue(f))))),
    said,
    one.may_approve
      ? [el("p", { class: "act-field" }, el("label", { for: note.id }, say("waiting_note")), note), buttons]
      : el("p", { class: "act-note" }, told(one.why)),
  );
}

async function decide(one, yes, note, said, buttons) {
  const all = [...buttons.querySelectorAll("button")];
  if (all.some((button) => button.disabled)) return;
  for (const button of all) button.disabled = true;
  const answer = await approve(one.key, yes, note);
  const over = answer.told.state && answer.status !== 503;
  swap(said, answer.told.state ? outcome(answer.told) : refusal(answer));
  if (over) buttons.remove();
  else for (const button of all) button.disabled = false;
  document.dispatchEvent(new CustomEvent("acted"));
  said.focus();
}
