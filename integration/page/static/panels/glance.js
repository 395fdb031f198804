// The first look: how bad, who answered, what is missing, what is not known.

import { el } from "../dom.js";
import { number } from "../format.js";
import { say } from "../words.js";

function box(title, kind, ...content) {
  return el("section", { class: `box ${kind}` }, el("h2", null, title), el("div", { class: "tiles" }, ...content));
}

function tile(value, label, note, kind = "") {
  return el("p", { class: `tile ${kind}` }, el("b", null, value), el("span", null, label), note && el("small", null, note));
}

function sum(figure) {
  const notes = [];
  if (figure.at_most !== null) notes.push(say("at_most", number(figure.at_most)));
  if (figure.unknown) notes.push(say("unknown_in", figure.unknown));
  const some = figure.value && figure.key !== "evacuated" ? "some" : "";
  return tile(figure.value === null ? "?" : number(figure.value), figure.label, notes.join(" · "), some);
}

function lacking(found) {
  const note = found.short > 0 ? `▲ ${say("short")} ${number(found.short)} ${found.unit}` : say("could_be_lent");
  return tile(`${number(found.open)} ${found.unit}`, found.what, note, "some");
}

export function glance(parts) {
  const g = parts.glance;
  if (!g) return null;
  return el(
    "div",
    { class: "glance" },
    box(
      say("how_bad"),
      "bad",
      tile(g.open, say("open_incidents"), say("of_all", g.incidents), g.open ? "some" : ""),
      g.figures.filter((f) => f.value !== null || f.unknown).map(sum),
    ),
    box(
      say("who_answered"),
      "answered",
      g.answered.map((a) => tile(a.level ? say("level_of", a.level) : "—", a.name, a.level ? "" : say(a.silent ? "unknown_silent" : "no_response"))),
    ),
    box(
      say("what_missing"),
      "missing",
      g.missing.length ? g.missing.map(lacking) : tile("✓", g.needs ? say("no_shortage") : say("no_needs")),
      g.overdue > 0 && tile(g.overdue, say("overdue_steps"), "", "some"),
      g.attention > 0 && tile(g.attention, say("to_notice"), "", "some"),
    ),
    box(
      say("what_unknown"),
      "dark",
      g.silent.length ? tile(g.silent.join("、"), say("silent"), "", "some words") : tile("✓", say("nobody_silent")),
      g.differ > 0 && tile(g.differ, say("differ_n"), "", "some"),
      g.questions > 0 && tile(g.questions, say("questions_n")),
    ),
  );
}
