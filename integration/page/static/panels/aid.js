// The aid board: needs, each line of help from need to settlement, what is late, what to decide now.

import { actOn } from "../acts/acts.js";
import { el } from "../dom.js";
import { number } from "../format.js";
import { say } from "../words.js";
import { address } from "./incidents.js";
import { at, evidence, minutesText, none, panel, table, tag } from "./pieces.js";

export function needTable(list) {
  const heads = [say("what"), ...["wanted", "covered", "own_spare", "neighbours_spare", "short"].map((key) => ({ n: say(key) })), say("by_time")];
  const rows = list.map((need) =>
    el(
      "tr",
      { class: need.short > 0 ? "short" : "" },
      el("th", { scope: "row" }, need.incident ? el("a", { href: address(need.incident) }, `${need.who} ${need.what}`) : `${need.who} ${need.what}`, need.lives && [" ", tag(say("life_saving"), "bad")], need.inferred && [" ", tag(say("inferred"))]),
      [need.wanted, need.covered, need.own, need.neighbours].map((n) => el("td", { class: "n" }, number(n))),
      el("td", { class: "n shortage" }, need.short > 0 ? el("b", null, `▲ ${number(need.short)} ${need.unit}`) : `0 ${need.unit}`),
      el("td", null, at(need.by_ms), " ", evidence(need.message_ids[0])),
    ),
  );
  return table(heads, rows, say("needs"));
}

export function needs(parts) {
  if (!parts.aid) return null;
  return panel("needs", say("needs"), parts.aid.needs.length ? needTable(parts.aid.needs) : none(say("no_needs")));
}

export function lifeLine(life, stages) {
  const share = life.wanted ? Math.min(1, life.standing / life.wanted) : 0;
  return el(
    "article",
    { class: "life" },
    el("h3", null, life.incident ? el("a", { href: address(life.incident) }, `${life.who} · ${life.what}`) : `${life.who} · ${life.what}`, life.lives && [" ", tag(say("life_saving"), "bad")], life.withdrawn && [" ", tag(say("withdrawn"))]),
    el("p", { class: "line" }, `${say("asked")} ${life.asked} · ${say("standing")} ${number(life.standing)} · ${say("on_scene")} ${number(life.there)} ${life.unit}`, el("meter", { min: 0, max: 1, value: share, "aria-label": say("standing") }), life.overdue > 0 && tag(`! ${say("overdue_steps")} ${life.overdue}`, "bad"), evidence(life.message_ids[0])),
    life.branches.map((branch) => branchLine(branch, stages)),
  );
}

function branchLine(branch, stages) {
  return el(
    "div",
    { class: "branch" },
    el("p", { class: "line" }, el("b", null, branch.who), branch.much, tag(branch.stage), branch.reason && el("span", { class: "facts" }, branch.reason), branch.until_ms && el("small", null, say("until", ""), at(branch.until_ms)), actOn("message", branch.on)),
    stages && branch.place !== null && el("ol", { class: "way", "aria-label": branch.stage }, stages.map((name, place) => el("li", { class: place < branch.place ? "done" : place === branch.place ? "here" : "" }, name))),
    el("ul", { class: "steps" }, branch.steps.map(stepLine)),
  );
}

function stepLine(step) {
  const late = step.late_minutes ? tag(step.done_ms ? say("was_late", minutesText(step.late_minutes)) : `! ${say("late_by", minutesText(step.late_minutes))}`, step.done_ms ? "warn" : "bad") : null;
  return el(
    "li",
    { class: step.done_ms ? "done" : "todo" },
    step.done_ms ? "✓ " : "○ ",
    `${step.who} ${step.what} `,
    el("small", null, step.done_ms ? [say("done", ""), at(step.done_ms)] : step.due_ms ? say(step.inferred ? "due_inferred" : "due", "") : "", !step.done_ms && step.due_ms ? at(step.due_ms) : null),
    " ",
    late,
    " ",
    evidence(step.message_id),
  );
}

export function decide(parts) {
  if (!parts.aid) return null;
  const list = [...parts.aid.decide].sort((a, b) => b.late_minutes - a.late_minutes);
  return panel(
    "decide",
    say("decide"),
    list.length === 0 && none(say("nothing_to_decide")),
    el(
      "ul",
      { class: "steps", "data-scroll": "decide" },
      list.map((step) =>
        el("li", { class: "todo" }, el("b", null, `${step.who} ${step.what}`), ` · ${step.for} ${step.line} `, el("small", null, step.due_ms && [say(step.inferred ? "due_inferred" : "due", ""), at(step.due_ms)]), " ", step.late_minutes > 0 && tag(`! ${say("late_by", minutesText(step.late_minutes))}`, "bad"), " ", actOn("message", step.on)),
      ),
    ),
  );
}

export function lives(parts) {
  if (!parts.aid) return null;
  const { lives: list, stages, double } = parts.aid;
  return panel(
    "lives",
    say("lives"),
    list.length === 0 && none(say("no_lives")),
    list.map((life) => lifeLine(life, stages)),
    double.map((found) => el("p", { class: "double" }, tag(`! ${say("double")}`, "bad"), " ", say("double_line", found.owner, found.resource, found.total, found.promised), ` → ${found.to.join("、")}`)),
  );
}

export function proposals(parts) {
  if (!parts.aid) return null;
  const list = parts.aid.proposals;
  return panel("proposals", say("proposals"), list.length === 0 && none(say("no_proposals")), list.map(proposal));
}

function proposal(found) {
  return el(
    "article",
    { class: "life" },
    el("h3", null, say("proposal_for", found.for), el("small", null, ` ${say("as_of")} `, at(found.as_of_ms)), " ", actOn("proposal", found.beneficiary)),
    found.lines.map((line) =>
      el(
        "div",
        { class: "branch" },
        el("p", { class: "line" }, el("b", null, line.what), `${say("wanted")} ${line.wanted} · ${say("covered")} ${line.covered}`, line.unmet > 0 ? tag(`▲ ${say("unmet")} ${number(line.unmet)}`, "bad") : null, line.late > 0 && tag(say("late_part", number(line.late)), "warn"), line.inferred && tag(say("inferred")), line.lives && tag(say("life_saving"), "bad")),
        el(
          "ul",
          { class: "lines" },
          line.allocations.map((given) =>
            el("li", null, el("b", null, `${given.who} ${given.resource} ${given.much} `), given.minutes === null ? say("arrival_unknown") : say("arrives_in", minutesText(given.minutes)), " ", evidence(given.message_id), el("small", null, given.why.join("；"))),
          ),
          line.notes.map((note) => el("li", { class: "facts" }, note)),
        ),
      ),
    ),
  );
}
