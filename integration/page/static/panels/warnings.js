// Warnings in force, gravest first.

import { el } from "../dom.js";
import { say } from "../words.js";
import { at, color, evidence, none, panel } from "./pieces.js";

export function warnings(parts) {
  const list = parts.warnings;
  if (!list) return null;
  return panel(
    "warnings",
    say("warnings"),
    list.length === 0 && none(say("no_warnings")),
    el(
      "ul",
      { class: "lines", "data-scroll": "warnings" },
      list.map((warning) =>
        el(
          "li",
          null,
          color(warning.color, warning.color_word),
          el("b", null, ` ${warning.kind} `),
          warning.area,
          el("small", null, warning.who, warning.expire_ms && [" · ", say("until", ""), at(warning.expire_ms)], " ", evidence(warning.message_id)),
        ),
      ),
    ),
  );
}
