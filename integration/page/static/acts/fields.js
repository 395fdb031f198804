// Fields as the server describes them: drawn, read, marked where they are wrong.

import { el } from "../dom.js";
import { say, told } from "../words.js";

const BEIJING_MS = 8 * 3600 * 1000;
const idOf = (field) => `act-${field.name}`;

// RFC 3339 in UTC ↔ what a clock in Beijing shows, to the minute.
export function toClock(value) {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? "" : new Date(ms + BEIJING_MS).toISOString().slice(0, 16);
}

export function fromClock(value) {
  const ms = Date.parse(`${value}Z`);
  return Number.isNaN(ms) ? value : new Date(ms - BEIJING_MS).toISOString().replace(".000Z", "Z");
}

// All fields; those of one line of a list stand together.
export function fieldset(fields, values) {
  const groups = [];
  for (const field of fields) {
    const name = /^(line\d+)-/.exec(field.name)?.[1] ?? "";
    if (!name || groups.at(-1)?.name !== name) groups.push({ name, fields: [] });
    groups.at(-1).fields.push(field);
  }
  const drawn = (group) => group.fields.map((field) => row(field, values[field.name] ?? field.value));
  return groups.map((group) =>
    group.name ? el("div", { class: "act-group", role: "group", "aria-label": told(group.fields[0].label) }, drawn(group)) : drawn(group),
  );
}

function row(field, value) {
  if (field.kind === "hidden") return el("input", { type: "hidden", id: idOf(field), value });
  const input = control(field, value);
  const help = told(field.help);
  const kind = field.kind === "instant" ? ` (${say("act_beijing")})` : "";
  const label = el("label", { for: idOf(field) }, told(field.label), el("small", null, kind, field.required ? ` ${say("act_needed")}` : ""));
  return el(
    "div",
    { class: `act-field kind-${field.kind}`, id: `${idOf(field)}-row` },
    field.kind === "check" ? [input, label] : [label, input],
    help && el("small", { id: `${idOf(field)}-help`, class: "facts" }, help),
    el("p", { class: "act-error", id: `${idOf(field)}-error`, hidden: true }),
  );
}

function control(field, value) {
  const common = {
    id: idOf(field),
    "aria-describedby": [told(field.help) && `${idOf(field)}-help`, `${idOf(field)}-error`].filter(Boolean).join(" "),
    "aria-required": field.required ? "true" : null,
  };
  switch (field.kind) {
    case "check":
      return el("input", { ...common, type: "checkbox", checked: value === "true" });
    case "choice": {
      const made = el("select", common, field.choices.map((c) => el("option", { value: c.value }, told(c.label))));
      made.value = field.choices.some((c) => c.value === value) ? value : (field.choices[0]?.value ?? "");
      return made;
    }
    case "lines": {
      const made = el("textarea", { ...common, maxlength: field.most, rows: field.most > 5000 ? 18 : 3 });
      made.value = value;
      return made;
    }
    case "instant":
      return el("input", { ...common, type: "datetime-local", value: toClock(value) });
    case "number":
      return el("input", { ...common, type: "text", inputmode: "decimal", autocomplete: "off", maxlength: field.most, value });
    default:
      return el("input", { ...common, type: "text", maxlength: field.most, autocomplete: "off", value });
  }
}

// Values by name. An instant that nobody touched stays as it was, to the second.
export function read(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
}

function valueOf(field) {
  const input = document.getElementById(idOf(field));
  if (field.kind === "check") return input.checked ? "true" : "";
  if (field.kind !== "instant") return input.value;
  if (input.value === toClock(field.value)) return field.value;
  return input.value ? fromClock(input.value) : "";
}

// A value as people read it.
export function shownValue(field) {
  if (field.kind === "check") return say(field.value === "true" ? "yes" : "no");
  if (field.kind === "choice") return told(field.choices.find((c) => c.value === field.value)?.label) || field.value || say("empty");
  if (field.kind === "instant") return toClock(field.value).replace("T", " ") || say("empty");
  return field.value || say("empty");
}

// Marks what is wrong at its fields; returns a summary whose links lead there.
export function mark(fields, problems) {
  const listed = [];
  for (const field of fields) {
    const input = document.getElementById(idOf(field));
    const note = document.getElementById(`${idOf(field)}-error`);
    if (!note) continue;
    const problem = told(problems[field.name]);
    note.hidden = !problem;
    note.textContent = problem ? say("act_at_field", say("act_error"), problem) : "";
    if (problem) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (problem) listed.push(el("li", null, el("a", { href: `#${idOf(field)}`, onclick: (event) => goTo(event, input) }, named(told(field.label), problem))));
  }
  return listed;
}

// The server may name the field itself.
function named(label, problem) {
  return problem.startsWith(label) ? problem : say("act_at_field", label, problem);
}

function goTo(event, input) {
  event.preventDefault(); // the address is the page's view
  input.focus();
}
