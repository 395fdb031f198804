// One form: filled in, sent once, and what became of it.

import { el, swap } from "../dom.js";
import { reportAddress } from "../panels/report.js";
import { state } from "../state.js";
import { say, told } from "../words.js";
import { close, isShown, show } from "./dialog.js";
import { fieldset, mark, read } from "./fields.js";
import { drop, keep, keptOf } from "./kept.js";
import { form as ask, me, send } from "./server.js";

const scopeOf = (about) => about.split(":")[1];

export async function open(act, about) {
  const reading = show(scopeOf(about), say("act_reading"));
  const answer = await ask(act, about);
  if (!isShown(reading)) return;
  if (!answer.ok) return show(scopeOf(about), say("act"), refusal(answer));
  const kept = keptOf(act, about);
  draw(answer.told, kept ?? {}, kept ? [el("p", { class: "act-note" }, say("act_kept"))] : []);
}

function draw(form, values, notes) {
  const scope = scopeOf(form.about);
  const state = { sending: false };
  const said = el("div", { class: "act-said", role: "alert", tabindex: -1 });
  swap(said, notes);
  const label = say(scope === "actual" ? "act_sign" : "act_sign_drill");
  const button = el("button", { type: "button", class: "act-send", "data-key": "act-send" }, label);
  button.onclick = () => submit(form, state, said, button, label);
  show(
    scope,
    told(form.title),
    el("p", { class: "act-warning" }, told(form.warning)),
    form.two_persons && el("p", { class: "act-warning" }, say("act_second")),
    said,
    // Enter in a field sends nothing: only the button does
    el("form", { novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() }, fieldset(form.fields, values)),
    el("p", { class: "act-buttons" }, button, el("button", { type: "button", onclick: close, "data-key": "act-cancel" }, say("act_cancel"))),
  );
}

async function submit(form, state, said, button, label) {
  if (state.sending) return;
  state.sending = true;
  button.disabled = true;
  button.textContent = say("act_sending");
  const values = read(form.fields);
  mark(form.fields, {});
  swap(said);
  let answer = await send(form, values);
  if (answer.told.problem === "forged" || answer.told.problem === "session") {
    const who = await me(); // signed in anew in another window: the same once more, under the same key
    if (who.person) answer = await send(form, values);
  }
  state.sending = false;
  button.disabled = false;
  button.textContent = label;
  settle(form, values, answer, said, button);
}

function settle(form, values, answer, said, button) {
  const { told: found } = answer;
  if (answer.status === 200 || answer.status === 202) {
    drop(form.act, form.about);
    document.dispatchEvent(new CustomEvent("acted"));
    return show(scopeOf(form.about), told(form.title), outcome(found));
  }
  keep(form.act, form.about, values);
  if (found.problem === "stale") return draw(found.form, edited(form, values), [changed(found.changed)]);
  if (found.problem === "fields") {
    const listed = mark(form.fields, found.fields);
    swap(said, el("p", null, say("act_errors", listed.length)), el("ul", null, listed));
  } else if (found.problem === "session") {
    swap(said, el("p", null, say("act_session")), el("p", null, el("a", { href: "/sign-in", target: "_blank", rel: "noopener" }, say("act_sign_in_new"))));
  } else {
    swap(said, refusal(answer));
  }
  if (answer.status === 0 || answer.status === 503) button.textContent = say("act_again");
  said.focus();
}

// What the person changed; what they left as it was offered follows the new form.
function edited(form, values) {
  return Object.fromEntries(form.fields.filter((field) => values[field.name] !== field.value).map((field) => [field.name, values[field.name]]));
}

function changed(list) {
  return [
    el("p", null, say("act_changed")),
    el("ul", null, list.map((one) => el("li", null, say("act_change", one.what.split(" ").at(-1), version(one.was) || say("act_new"), version(one.now) || say("act_gone"))))),
  ];
}

function reportLink(one) {
  if (!one.type?.endsWith(".SituationReport")) return null;
  const href = reportAddress(state.live.link?.owner ?? "", one.message_id);
  return el("p", null, el("a", { href, "data-key": "act-report-link", onclick: close }, say("act_open_report")));
}

// "3 <message id>" is a revision of an entity.
function version(value) {
  const found = /^(\d+) [0-9a-f-]{36}$/.exec(value ?? "");
  return found ? say("revision", found[1]) : (value ?? "");
}

export function refusal(answer) {
  if (answer.status === 0) return el("p", null, say("act_unreached"));
  const { text, remedy } = answer.told;
  const words = answer.told.state ? outcome(answer.told) : [told(text) || say("failed", answer.status), told(remedy) && `；${told(remedy)}`];
  return el("div", { class: "act-refusal" }, words);
}

// What became of an act, with the messages that it made.
export function outcome(found) {
  const good = found.state === "sent" || found.state === "waiting";
  return el(
    "div",
    { class: `act-outcome ${good ? "good" : "bad"}` },
    el("p", null, `${good ? "✓" : "✕"} ${told(found.text)}`),
    found.messages?.length > 0 && [el("h3", null, say("act_messages")), el("ul", { class: "lines" }, found.messages.map(messageLine))],
  );
}

function messageLine(one) {
  const why = one.why && typeof one.why === "object" ? told(one.why) : one.why;
  return el("li", null, el("code", null, one.message_id), " ", one.type?.split(".").at(-1), one.accepted ? " ✓" : ` ✕ ${say("act_refused")} ${why ?? ""}`, one.accepted && reportLink(one));
}
