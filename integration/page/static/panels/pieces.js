// Small pieces that panels are made of.

import { el } from "../dom.js";
import { lasting, number, time } from "../format.js";
import { say } from "../words.js";

export function panel(id, title, ...content) {
  return el("section", { class: `panel ${id}`, "aria-labelledby": `h-${id}` }, el("h2", { id: `h-${id}` }, title), ...content);
}

export function none(words) {
  return el("p", { class: "none" }, words);
}

const COLORS = ["none", "red", "orange", "yellow", "blue"];

// A colour of a warning, always with its word.
export function color(rank, word) {
  return el("span", { class: `chip color-${COLORS[rank] ?? "none"}` }, word);
}

export function gradeChip(rank, word) {
  return el("span", { class: `chip grade-${rank}` }, word);
}

export function tag(word, kind = "") {
  return el("span", { class: `tag ${kind}` }, word);
}

// Known figures, and the names of those that nobody knows.
export function figures(list) {
  const known = list.filter((figure) => figure.value !== null);
  const unknown = list.filter((figure) => figure.value === null);
  return el(
    "p",
    { class: "figures" },
    known.map((f) => el("span", { class: `figure ${f.value && f.key !== "evacuated" ? "some" : ""}` }, el("b", null, number(f.value)), ` ${f.label}`)),
    unknown.length > 0 && el("span", { class: "unknown" }, `${say("unknown")} `, unknown.map((f) => f.label).join(" · ")),
  );
}

export function minutesText(minutes) {
  return lasting(minutes * 60, say);
}

export function at(ms) {
  return ms === null || ms === undefined ? "—" : el("time", { datetime: new Date(ms).toISOString() }, time(ms));
}

// Opens the evidence behind a number.
export function evidence(messageId, origin = "", label = say("evidence")) {
  if (!messageId) return null;
  const props = { type: "button", class: "evidence", title: say("evidence_of"), "data-key": `e-${messageId}-${label}` };
  const open = () => document.dispatchEvent(new CustomEvent("evidence", { detail: { messageId, origin } }));
  return el("button", { ...props, onclick: open }, label);
}

// Heads are words; {n: words} heads a column of numbers.
export function table(heads, rows, name) {
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": name, "data-scroll": name },
    el("table", null, el("thead", null, el("tr", null, heads.map((h) => el("th", { scope: "col", class: h?.n ? "n" : null }, h?.n ?? h)))), el("tbody", null, rows)),
  );
}
