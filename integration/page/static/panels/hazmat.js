// The border watch: trips, handovers, isolation areas.

import { el } from "../dom.js";
import { number } from "../format.js";
import { say } from "../words.js";
import { at, evidence, none, panel, table, tag } from "./pieces.js";

export function trips(parts) {
  const found = parts.hazmat;
  if (!found) return null;
  const heads = ["trips", "state", "place", "next_border", "alerts"].map((key) => say(key));
  return panel(
    "trips",
    say("trips"),
    el("p", { class: "facts" }, say("hazmat_counts", found.under_way, found.attention, found.overdue), found.left_out > 0 && ` · ${say("left_out", found.left_out)}`),
    found.trips.length ? table(heads, found.trips.map(trip), say("trips")) : none(say("no_trips")),
  );
}

function trip(found) {
  return el(
    "tr",
    { class: found.alerts.length ? "short" : "" },
    el("th", { scope: "row" }, el("b", null, found.goods.join("、")), " ", el("small", null, `${found.who} ${found.name} `, evidence(found.message_ids[0]))),
    el("td", null, found.state, el("small", null, " ", at(found.last_ms))),
    el("td", null, found.place || say("unknown"), found.crossed.length > 0 && el("small", null, ` ${found.crossed.join("、")}`)),
    el("td", null, found.next ? next(found.next) : "—"),
    el("td", null, found.alerts.map((a) => tag(`! ${say("alert")} ${a}`, "bad")), found.notices.map(notice)),
  );
}

function next(border) {
  return [
    border.border,
    border.inferred && [" ", tag(say("inferred"))],
    border.km !== null && ` ${number(border.km)} km`,
    el("small", null, " ", border.expected_ms ? [say("expected", ""), at(border.expected_ms)] : say("time_unknown"), border.rule && ` · ${border.rule}`),
  ];
}

function notice(found) {
  const figures = [found.value, found.limit && say("limit", found.limit)].filter(Boolean).join(" / ");
  return el("p", null, tag(found.text, "warn"), " ", el("small", null, figures, " ", say("since", ""), at(found.since_ms), found.inferred && ` · ${say("place_by_area")}`));
}

export function handovers(parts) {
  const list = parts.hazmat?.handovers;
  if (!list) return null;
  return panel(
    "handovers",
    say("handovers"),
    list.length === 0 && none(say("no_handovers")),
    el(
      "ul",
      { class: "lines" },
      list.map((h) => el("li", null, el("b", null, `${h.border} `), h.name, " ", tag(h.state, h.overdue ? "bad" : ""), h.overdue && [" ", tag(`! ${say("overdue")}`, "bad")], el("small", null, h.due_ms && [say("due", ""), at(h.due_ms)], h.expected_ms && [" ", say("expected", ""), at(h.expected_ms)], " ", evidence(h.message_ids[0])))),
    ),
  );
}

export function zones(parts) {
  const list = parts.hazmat?.zones;
  if (!list) return null;
  return panel("zones", say("zones"), list.length === 0 && none(say("no_zones")), list.map(zone));
}

function zone(found) {
  const more = found.or_more ? say("or_more") : "";
  return el(
    "article",
    { class: "life" },
    el("h3", null, `${found.material} · ${found.who}`, " ", tag(found.basis)),
    el(
      "p",
      { class: "line" },
      found.isolation_m !== null && el("b", null, say("isolation", number(found.isolation_m))),
      found.protection_m !== null && el("b", null, say("protection", number(found.protection_m)), more),
      el("small", null, say("guide", found.edition, found.guide), found.unverified && ` · ${say("unverified")}`, found.until_ms && [" · ", say("until", ""), at(found.until_ms)], " ", evidence(found.message_ids[0])),
    ),
    [...found.areas, ...found.resources, ...found.vehicles].length > 0 && el("p", null, `${say("inside")} `, [...found.areas, ...found.resources, ...found.vehicles].map((i) => tag(`${i.name} ${i.km} km`, i.isolation ? "bad" : "warn"))),
    found.may_reach.length > 0 && el("p", { class: "facts" }, `${say("may_reach")} ${found.may_reach.join("、")}`),
    found.assumptions.length > 0 && el("p", { class: "facts" }, `${say("assumptions")}：${found.assumptions.join("；")}`),
  );
}
