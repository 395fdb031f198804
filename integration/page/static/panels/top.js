// The bands at the top: mode, where we are in time, connection, coverage.

import { actOn, actReport, whoAmI } from "../acts/acts.js";
import { el } from "../dom.js";
import { full, lasting, time } from "../format.js";
import { now } from "../state.js";
import { say } from "../words.js";
import { at, evidence, tag } from "./pieces.js";

export function mode(head) {
  const exercise = head?.exercise;
  if (!head) return [];
  const word = el("strong", null, say(exercise ? "exercise" : "actual"));
  return exercise ? [word, el("span", { class: "name" }, exercise), el("span", null, say("exercise_note"))] : [word, el("span", null, say("actual_note"))];
}

export function top(parts, state, act) {
  const head = parts.head;
  return [
    el("h1", null, say("title")),
    el(
      "p",
      { class: "instant" },
      head && [
        `${say("as_of")} `,
        el("time", { datetime: new Date(head.as_of_ms).toISOString() }, full(head.as_of_ms)),
        ` ${say("beijing")}`,
        " ",
        evidence(head.message_id, "joint"),
        " ",
        actOn("message", head.message_id),
        " ",
        actReport(),
        !head.exercise && !state.at && el("small", null, ` · ${say("ago", lasting((now() - head.as_of_ms) / 1000, say))}`),
      ],
    ),
    el("p", { class: "link", id: "link" }, connection(state)),
    el("div", { class: "tools" }, whoAmI(), chooser(parts, state, act), tools(act)),
  ];
}

function connection(state) {
  const { lost, ever, since } = state.connection;
  const link = state.live.link;
  if (lost && ever) return el("span", { class: "bad" }, `✕ ${say("lost")} `, el("small", null, say("lost_note", time(since))));
  if (!link || lost) return el("span", null, say("connecting"));
  if (!link.connected && link.problem) {
    return el("span", { class: "bad" }, `✕ ${say("gateway_lost")} `, el("small", null, say("gateway_note", time(link.since_ms), link.problem)));
  }
  if (!link.caught_up) return el("span", null, say("gateway_reading"));
  return el("span", { class: "good" }, `● ${say("connected")}`);
}

function chooser(parts, state, act) {
  const list = state.live.scopes ?? [];
  const current = state.live.head?.scope ?? state.scope;
  if (list.length < 2 && list.some((s) => s.scope === current)) return null;
  const name = (s) => `${s.exercise ? say("scope_exercise", s.exercise) : say("scope_actual")} (${say("open_n", s.open)})`;
  return el(
    "label",
    null,
    el("span", { class: "hush" }, say("scope")),
    el(
      "select",
      { "data-key": "scope", onchange: (event) => act.scope(event.target.value) },
      list.map((s) => el("option", { value: s.scope, selected: s.scope === current }, name(s))),
    ),
  );
}

function tools(act) {
  const button = (key, label, name, run) => el("button", { type: "button", "data-key": key, "aria-label": name, title: name, onclick: run }, label);
  return [
    button("lang", say("language"), say("language_name"), act.language),
    button("theme", "◐", say("theme"), act.theme),
    button("help", "?", say("help"), act.help),
  ];
}

export function coverage(list) {
  if (!list) return [];
  return [
    el("h2", null, say("coverage")),
    el("ul", null, list.map(covered)),
  ];
}

function covered(line) {
  const state = line.never
    ? tag(`✕ ${say("never")}`, "bad")
    : line.silent
      ? [tag(`✕ ${say("silent")}`, "bad"), " ", say("silent_since", time(line.last_ms), lasting(line.minutes * 60, say))]
      : [say("told", ""), at(line.last_ms)];
  return el("li", { class: line.silent || line.never ? "silent" : "" }, el("b", null, line.name), " ", state, el("small", null, ` ${say("messages_n", line.messages)}`));
}
