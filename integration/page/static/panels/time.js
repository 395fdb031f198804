// The time slider: the picture as it was published by an instant.

import { el } from "../dom.js";
import { full, time } from "../format.js";
import { say } from "../words.js";

export function timeBar(history, state, go) {
  const marks = history?.marks ?? [];
  if (marks.length < 2) return [];
  const last = marks.length - 1;
  const place = state.at === null ? last : nearest(marks, state.at);
  const shownMs = marks[place];
  const step = (by) => go(place + by >= last ? null : marks[Math.max(0, place + by)]);
  const button = (key, label, run, off) => el("button", { type: "button", "data-key": key, "aria-label": say(key), title: say(key), disabled: off, onclick: run }, label);
  return [
    el("label", { for: "slider" }, say("time_slider")),
    button("earlier", "◀", () => step(-1), place === 0),
    el("input", {
      id: "slider",
      type: "range",
      min: 0,
      max: last,
      value: place,
      "data-key": "slider",
      "aria-valuetext": state.at === null ? say("now") : full(shownMs),
      oninput: (event) => go(Number(event.target.value) >= last ? null : marks[Number(event.target.value)], true),
    }),
    button("later", "▶", () => step(1), place === last),
    el("output", { for: "slider" }, state.at === null ? say("now") : time(shownMs)),
    button("to_now", say("to_now"), () => go(null), state.at === null),
    el("small", null, say("pictures_n", history.count)),
  ];
}

export function nearest(marks, ms) {
  let place = 0;
  for (let i = 0; i < marks.length; i++) if (marks[i] <= ms) place = i;
  return place;
}
