// What can be lent, stocks, how long they last, shelters.

import { el } from "../dom.js";
import { number } from "../format.js";
import { say } from "../words.js";
import { at, none, panel, table, tag } from "./pieces.js";

export function resources(parts) {
  const found = parts.supplies;
  if (!found) return null;
  const rows = found.resources.map((row) => el("tr", null, el("th", { scope: "row" }, row.what, el("small", null, ` ${row.unit}`)), row.cells.map(cell)));
  return panel("resources", say("resources"), rows.length ? table([say("what"), ...found.provinces.map((name) => ({ n: name }))], rows, say("resources")) : none(say("none_told")));
}

function cell(found) {
  if (found === null) return el("td", { class: "n" }, el("span", { class: "unknown" }, say("not_told")));
  return el("td", { class: "n" }, el("b", { class: found.spare ? "" : "zero" }, number(found.spare)), ` / ${number(found.available)}`, found.outdated > 0 && [" ", tag(say("outdated_n", found.outdated), "warn")]);
}

export function stocks(parts) {
  const list = parts.supplies?.stocks;
  if (!list) return null;
  const heads = [say("area"), say("kind"), ...["available", "spare", "total", "expired"].map((key) => ({ n: say(key) }))];
  const rows = list.map((s) => el("tr", null, el("th", { scope: "row" }, s.area), el("td", null, s.kind, s.outdated > 0 && [" ", tag(say("outdated_n", s.outdated), "warn")]), el("td", { class: "n" }, `${number(s.available)} ${s.unit}`), el("td", { class: "n" }, number(s.spare)), el("td", { class: "n" }, number(s.total)), el("td", { class: "n" }, s.expired ? tag(number(s.expired), "warn") : "0")));
  return panel("stocks", say("stocks"), rows.length ? table(heads, rows, say("stocks")) : none(say("none_told")));
}

export function cover(parts) {
  const found = parts.supplies;
  if (!found) return null;
  return panel(
    "cover",
    say("cover"),
    found.cover.length === 0 && none(say("none_told")),
    el("ul", { class: "lines" }, found.cover.map((c) => el("li", null, el("b", null, `${c.area} ${c.what} `), `${c.have}：${c.lasts}`))),
    found.expiring.length > 0 && [
      el("h3", null, say("expiring")),
      el("ul", { class: "lines" }, found.expiring.map((lot) => el("li", null, `${lot.who} ${lot.name} ${lot.much} `, tag(say(lot.expired ? "expired" : "expires"), lot.expired ? "bad" : "warn"), " ", at(lot.expire_ms)))),
    ],
  );
}

export function shelters(parts) {
  const list = parts.supplies?.shelters;
  if (!list) return null;
  const heads = [say("area"), ...["capacity", "taken", "free"].map((key) => ({ n: say(key) }))];
  const rows = list.map((s) => el("tr", null, el("th", { scope: "row" }, `${s.area} (${s.shelters})`), el("td", { class: "n" }, `${number(s.capacity)} ${s.unit}`), el("td", { class: "n" }, number(s.taken)), el("td", { class: "n" }, number(s.free), s.over_full > 0 && [" ", tag(say("over_full", s.over_full), "bad")])));
  return panel("shelters", say("shelters"), rows.length ? table(heads, rows, say("shelters")) : none(say("none_told")));
}
