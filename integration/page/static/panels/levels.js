// Neighbours' warnings and response levels side by side; controls.

import { el } from "../dom.js";
import { say } from "../words.js";
import { at, color, evidence, none, panel, table, tag } from "./pieces.js";

export function alignment(parts) {
  const found = parts.levels;
  if (!found) return null;
  const rows = found.rows.map((row) => el("tr", null, el("th", { scope: "row" }, row.kind), row.sides.map((s) => el("td", null, s ? side(s) : "—"))));
  return panel(
    "alignment",
    say("alignment"),
    rows.length ? table([say("event"), ...found.provinces], rows, say("alignment")) : none(say("no_warnings")),
    found.rows.filter((row) => row.borders.length > 0).map(borders),
  );
}

function side(found) {
  const nothing = (words) => el("span", { class: "unknown" }, found.silent ? say("unknown_silent") : words);
  return [
    el("p", null, found.color ? color(found.color, found.color_word) : nothing(say("no_color")), found.color_in_part && [" ", tag(say("in_part"))]),
    el("p", null, found.level ? el("b", null, say("level_of", found.level)) : nothing(say("no_level")), found.level_in_part && [" ", tag(say("in_part"))]),
  ];
}

function borders(row) {
  return el(
    "details",
    { "data-key": `b-${row.kind}` },
    el("summary", null, `${row.kind}：${say("borders_differ", row.borders.length)}`),
    el("ul", { class: "lines" }, row.borders.map((b) => el("li", null, brief(b.a), "  ↔  ", brief(b.b), b.uncertain && [" ", tag(say("uncertain"), "warn")]))),
  );
}

function brief(found) {
  return [el("b", null, `${found.place} `), found.color ? color(found.color, found.color_word) : "", found.level ? ` ${say("level_of", found.level)}` : "", !found.color && !found.level ? say(found.silent ? "unknown_silent" : "no_level") : ""];
}

export function responses(parts) {
  const list = parts.levels?.responses;
  if (!list) return null;
  return panel(
    "responses",
    say("responses"),
    list.length === 0 && none(say("no_responses")),
    el("ul", { class: "lines" }, list.map((r) => el("li", null, el("b", null, `${r.who} ${r.kind} ${say("level_of", r.level)}`), el("small", null, `${r.issuer} · ${r.area} `, evidence(r.message_id))))),
  );
}

export function controls(parts) {
  const list = parts.levels?.controls;
  if (!list) return null;
  return panel(
    "controls",
    say("controls"),
    list.length === 0 && none(say("no_controls")),
    el("ul", { class: "lines" }, list.map((c) => el("li", null, el("b", null, `${c.who} ${c.kind} ${c.name} `), c.hazmat_only && tag(say("hazmat_only")), el("small", null, c.area, c.end_ms && [" · ", say("until", ""), at(c.end_ms)], " ", evidence(c.message_id))))),
  );
}
