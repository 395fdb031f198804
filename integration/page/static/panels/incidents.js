// The list of joint incidents, and what is to be noticed now.

import { el } from "../dom.js";
import { say } from "../words.js";
import { at, figures, gradeChip, none, panel, tag } from "./pieces.js";

export function incidents(parts, state) {
  const list = parts.incidents;
  if (!list) return null;
  const left = parts.glance?.left_out;
  return panel(
    "incidents",
    say("incidents"),
    list.length === 0 && none(say("no_incidents")),
    el("ol", { class: "cards", "data-scroll": "incidents" }, list.map((incident, place) => card(incident, place + 1, state))),
    left > 0 && none(say("left_out", left)),
  );
}

export function address(id) {
  return `#/incident/${encodeURIComponent(id)}`;
}

function card(incident, place, state) {
  const chosen = state.incident === incident.id;
  const facts = [incident.kind, incident.place].filter(Boolean).join(" · ");
  return el(
    "li",
    { class: `card ${incident.closed ? "closed" : ""} ${chosen ? "chosen" : ""}` },
    el(
      "p",
      { class: "line" },
      el("span", { class: "place" }, place),
      gradeChip(incident.grade, incident.grade_word),
      el("span", { class: "state" }, say(incident.closed ? "closed" : "open")),
      el("span", { class: "when" }, `${say("occurred")} `, at(incident.occurred_ms)),
    ),
    el("h3", null, el("a", { href: address(incident.id), "data-key": `i-${incident.id}`, "data-incident": incident.id, "aria-current": chosen ? "true" : null }, incident.title)),
    el("p", { class: "facts" }, facts, " · ", `${say("sources")} ${incident.sources}`),
    figures(incident.figures),
    el(
      "p",
      { class: "tags" },
      incident.missing.map((text) => tag(`▲ ${text}`, "bad")),
      incident.differ.length > 0 && tag(`≠ ${say("differ")} ${incident.differ.join("、")}`, "warn"),
      incident.attention > 0 && tag(`! ${say("notice_n", incident.attention)}`, "warn"),
      incident.provinces && tag(`⇄ ${say("over_border")} ${incident.provinces}`),
    ),
    incident.aid.map((text) => el("p", { class: "facts" }, text)),
  );
}

export function attention(parts) {
  const list = parts.attention;
  if (!list) return null;
  return panel(
    "attention",
    say("attention"),
    list.length === 0 && none(say("no_attention")),
    el("ul", { class: "lines", "data-scroll": "attention" }, list.map(noticed)),
  );
}

export function noticed(found) {
  return el(
    "li",
    null,
    found.incident ? el("a", { href: address(found.incident), "data-key": `a-${found.incident}-${found.text}` }, found.text) : found.text,
    el(
      "small",
      null,
      `${say("since", "")} `,
      at(found.since_ms),
      found.inferred && [" ", tag(say("inferred"))],
      found.rule && [` · ${say("by_rule")} `, found.rule, found.mark && ` (${found.mark})`],
    ),
  );
}
