// Acts on the page: who the person is, the buttons that they have, and what waits for a second one.

import { el } from "../dom.js";
import { state } from "../state.js";
import { say, told } from "../words.js";
import { choose } from "./choose.js";
import { listen } from "./dialog.js";
import { open } from "./form.js";
import { dropAll } from "./kept.js";
import { me, signOut } from "./server.js";
import { openWaiting } from "./waiting.js";
import "./words.js";

let who = { acts: false };
let changed = () => {};

// `redraw` is called when it is known who the person is, or somebody else is.
export function begin(redraw) {
  changed = redraw;
  listen();
  addEventListener("focus", again); // signed in, or out, in another window
  document.addEventListener("acted", again);
}

// What came by the stream: a page at which people may act tells what waits, if only that nothing does.
export function heard(news) {
  if (news.waiting) again();
}

async function again() {
  if (!state.live.waiting) return;
  const before = JSON.stringify(who);
  who = await me();
  if (JSON.stringify(who) !== before) changed();
}

// Nobody acts on the past, or without the role for it.
function may(...roles) {
  return who.acts && state.at === null && roles.some((role) => who.person?.roles.includes(role));
}

// A button on a thing; nothing for who may only look.
export function actOn(kind, id, label = say("act")) {
  const scope = state.live.head?.scope;
  if (!may("duty_officer") || !scope || !id) return null;
  const about = `${kind}:${scope}:${id}`;
  return el("button", { type: "button", class: "act", title: say("act_on"), "data-key": `act-${about}`, onclick: () => choose(about) }, label);
}

// The button that begins a situation report.
export function actReport() {
  const scope = state.live.head?.scope;
  if (!may("duty_officer") || !scope) return null;
  return el("button", { type: "button", class: "act", "data-key": "act-report", onclick: () => open("issue-report", `scope:${scope}:`) }, say("report_issue"));
}

// Who I am, and how many acts wait.
export function whoAmI() {
  if (!who.acts) return null;
  const count = (state.live.waiting ?? []).length;
  const scope = state.live.head?.scope ?? "actual";
  return el(
    "span",
    { class: "who", "aria-label": say("who_am_i"), role: "group" },
    who.person ? el("span", { "data-key": "who" }, `${who.person.id} · ${who.person.roles.map((role) => say(`role_${role}`)).join("、")}`) : [say("nobody"), who.why && el("small", null, told(who.why))],
    !who.person && who.sign_in && el("a", { href: who.sign_in, "data-key": "sign-in" }, say("act_sign_in")),
    who.person?.means === "oidc" && el("button", { type: "button", "data-key": "sign-out", onclick: leave }, say("act_sign_out")),
    may("duty_officer", "approver") && count > 0 && el("button", { type: "button", class: "waits", "data-key": "waiting", onclick: () => openWaiting(scope) }, say("waiting_n", count)),
  );
}

async function leave() {
  dropAll();
  await signOut();
  await again();
}
