// One joint incident: figures with their sources, why it is one, every revision, needs and help.

import { actOn } from "../acts/acts.js";
import { el } from "../dom.js";
import { number } from "../format.js";
import { say } from "../words.js";
import { lifeLine, needTable } from "./aid.js";
import { noticed } from "./incidents.js";
import { at, evidence, gradeChip, none, panel, table, tag } from "./pieces.js";

export function incident(found) {
  if (found === undefined) return none(say("loading"));
  if (found === null) return [back(), none(say("no_such_incident"))];
  if (found.failed) return [back(), none(say("failed", found.failed))];
  return [
    back(),
    el(
      "header",
      { class: "incident-head" },
      el("p", { class: "line" }, gradeChip(found.grade, found.grade_word), el("span", { class: "state" }, say(found.closed ? "closed" : "open")), found.provinces && tag(`⇄ ${say("over_border")} ${found.provinces}`), actOn("incident", found.id)),
      el("h2", null, found.title),
      el("p", { class: "facts" }, [found.kind, found.place].filter(Boolean).join(" · "), ` · ${say("occurred")} `, at(found.occurred_ms)),
    ),
    el(
      "div",
      { class: "incident-grid" },
      sources(found),
      found.noticed.length > 0 && panel("noticed", say("attention"), el("ul", { class: "lines" }, found.noticed.map(noticed))),
      panel("inc-needs", say("needs"), found.needs.length ? needTable(found.needs) : none(say("no_needs"))),
      panel("inc-lives", say("lives"), found.lives.length ? found.lives.map((life) => lifeLine(life)) : none(say("no_lives"))),
      timeline(found),
      found.links.length > 0 && links(found.links),
    ),
  ];
}

function back() {
  return el("p", { class: "back" }, el("a", { href: "#/situation", "data-key": "back" }, `← ${say("back")}`));
}

function sources(found) {
  const apart = new Set(found.disagreements.map((d) => d.key));
  const heads = [say("figure"), say("adopted"), ...found.sources.map((s) => head(s))];
  const rows = found.figures.map((figure, place) =>
    el(
      "tr",
      { class: apart.has(figure.key) ? "differs" : "" },
      el("th", { scope: "row" }, figure.label, apart.has(figure.key) && [" ", tag(`≠ ${say("differs")}`, "warn")]),
      el("td", { class: "adopted" }, value(figure.value)),
      found.sources.map((s) => el("td", null, value(s.figures[place].value))),
    ),
  );
  rows.push(el("tr", { class: apart.has("grade") ? "differs" : "" }, el("th", { scope: "row" }, say("grade"), apart.has("grade") && [" ", tag(`≠ ${say("differs")}`, "warn")]), el("td", { class: "adopted" }, found.grade_word), found.sources.map((s) => el("td", null, s.grade))));
  return panel("sources", say("figures"), table(heads, rows, say("figures")), found.rule && el("p", { class: "facts" }, found.rule), found.loss && el("p", { class: "facts" }, `${say("loss")} ${found.loss}`));
}

function head(source) {
  return [
    el("b", null, source.name),
    " ",
    source.competent && tag(say("competent")),
    el("small", null, `${source.kind} · ${say("revision", source.revision)} · `, at(source.reported_ms), " ", evidence(source.message_id, source.origin)),
  ];
}

function value(known) {
  return known === null ? el("span", { class: "unknown" }, say("unknown")) : number(known);
}

function timeline({ timeline: list, earlier, since_ms }) {
  return panel(
    "timeline",
    say("timeline"),
    earlier.length > 0 && el("p", { class: "facts earlier" }, say("earlier_not_loaded", earlier.map((e) => say("before_revision", e.name, e.before)).join("；")), " ", at(since_ms)),
    el(
      "ol",
      { class: "revisions" },
      list.map((told) =>
        el(
          "li",
          null,
          el("p", { class: "line" }, at(told.told_ms), el("b", null, told.name), tag(told.kind), el("small", null, say("revision", told.revision)), evidence(told.message_id, told.origin), actOn("message", told.message_id)),
          el("p", null, el("b", null, told.title)),
          told.changes.length > 0 && el("p", { class: "changes" }, told.changes.map((c) => el("span", null, `${c.label} `, c.was && [el("s", null, c.was), " → "], el("b", null, c.now || say("unknown"))))),
          told.text && el("p", { class: "text" }, told.text),
          told.measures.length > 0 && el("p", { class: "text" }, `${say("measures")}：${told.measures.join("；")}`),
          told.received_ms && el("p", { class: "facts" }, `${say("received")} `, at(told.received_ms)),
        ),
      ),
    ),
  );
}

function links(list) {
  return panel("links", say("links"), el("ul", { class: "lines" }, list.map((l) => el("li", null, tag(l.kind), " ", l.text, l.score !== null && el("small", null, say("score", l.score))))));
}
