// The newest messages, and the evidence behind one of them.

import { actOn } from "../acts/acts.js";
import { el } from "../dom.js";
import { full } from "../format.js";
import { say } from "../words.js";
import { at, evidence, none, panel, table, tag } from "./pieces.js";
import { reportAddress } from "./report.js";

export function log(parts) {
  const list = parts.log;
  if (!list) return null;
  const heads = ["told_at", "who", "kind", "subject", "evidence"].map((key) => say(key));
  return panel("log", say("newest"), list.length ? table(heads, list.map(row), say("newest")) : none(say("none_told")));
}

// The same in few words, for a narrow column.
export function recent(parts) {
  if (!parts.log) return null;
  const line = (told) => el("li", null, at(told.told_ms), el("b", null, ` ${told.who} ${told.kind} `), told.title || told.entity, told.urgent && [" ", tag(told.urgent, "warn")]);
  return panel("recent", say("recent"), el("ul", { class: "lines" }, parts.log.slice(0, 30).map(line)));
}

function row(told) {
  return el(
    "tr",
    null,
    el("td", null, at(told.told_ms)),
    el("td", null, told.who),
    el("td", null, told.kind, told.urgent && [" ", tag(told.urgent, "warn")]),
    el("td", null, told.report ? el("a", { href: reportAddress(told.origin, told.message_id) }, told.title) : told.title || told.entity, el("small", null, ` ${say("revision", told.revision)}`), told.redacted && [" ", tag(say("redacted"))], told.late && [" ", tag(say("too_late"), "warn")]),
    el("td", null, evidence(told.message_id, told.origin), " ", actOn("message", told.message_id)),
  );
}

export function sheet(found, close) {
  const button = el("button", { type: "button", class: "close", onclick: close, "data-key": "close" }, say("close"));
  if (found.failed) return [button, none(say("failed", found.failed))];
  if (found.loading) return [button, none(say("loading"))];
  const { line, proof, why } = found;
  return [
    button,
    el("h2", null, `${line.who} · ${line.kind}`),
    el("p", null, line.title),
    el("p", { class: "facts" }, `${line.message_id} · ${say("revision", line.revision)} · ${full(line.told_ms)}`),
    proof ? proofLines(proof) : el("p", null, say("no_proof", why)),
    el("h3", null, say("entry")),
    el("pre", { tabindex: 0 }, JSON.stringify(found.message, null, 1)),
  ];
}

function proofLines(proof) {
  return [
    el("p", null, proof.holds ? tag(`✓ ${say("holds")}`, "good") : tag(`✕ ${say("does_not_hold")}`, "bad"), proof.problems.map((p) => el("span", null, ` ${p}`))),
    el("p", { class: "facts" }, `${say("log_index")} ${proof.index} / ${proof.tree_size ?? "?"} · ${say("leaf_hash")} `, el("code", null, proof.leaf_hash)),
    el("p", { class: "facts" }, `${say("signed_by")} `, proof.signed_by.map((s) => tag(`${s.good ? "✓" : "✕"} ${s.name}${s.time_ms ? ` ${full(s.time_ms)}` : ""}`, s.good ? "" : "bad"))),
    el("details", null, el("summary", null, say("proof_text")), el("pre", { tabindex: 0 }, proof.text)),
  ];
}

export function helpSheet(close) {
  const keys = ["keys_tabs", "keys_list", "keys_back", "keys_time", "keys_lang", "keys_help"];
  return [
    el("button", { type: "button", class: "close", onclick: close }, say("close")),
    el("h2", null, say("keys_title")),
    el("ul", { class: "lines" }, keys.map((key) => el("li", null, say(key)))),
  ];
}
