// One situation report, as it was issued: read on the screen, and printed by the browser.

import { el } from "../dom.js";
import { full } from "../format.js";
import { say } from "../words.js";
import { evidence, none, tag } from "./pieces.js";

export function reportAddress(origin, id) {
  return `#/report/${encodeURIComponent(origin)}/${encodeURIComponent(id)}`;
}

export function report(found) {
  if (found === undefined) return none(say("loading"));
  const back = el("p", { class: "back" }, el("a", { href: "#/log", "data-key": "back" }, `← ${say("back")}`));
  if (found.failed) return [back, none(say("failed", found.failed))];
  const [zh, en] = found.titles;
  return [
    el("div", { class: "report-tools" }, back, el("button", { type: "button", "data-key": "print", onclick: () => print() }, say("report_print")), evidence(found.message_id, found.origin)),
    found.exercise && el("p", { class: "report-drill", "aria-hidden": "true" }, "演练 · EXERCISE"),
    el(
      "article",
      { class: "panel report" },
      found.exercise && el("p", { class: "report-mode" }, tag(`${say("report_drill")} ${found.exercise}`, "bad")),
      el("h2", null, zh),
      el("p", { class: "facts" }, say("report_issued", found.who, full(found.issued_ms), full(found.as_of_ms)), ` · ${found.post}`, found.revision > 1 && ` · ${say("revision", found.revision)}`),
      el("div", { class: "text", lang: "zh-CN" }, found.texts[0]),
      el("h2", null, en),
      el("div", { class: "text", lang: "en" }, found.texts[1]),
      found.sources && el("div", { class: "text report-sources" }, found.sources),
      el("p", { class: "facts" }, say("report_number", found.message_id)),
    ),
  ];
}
