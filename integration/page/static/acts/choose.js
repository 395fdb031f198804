// What may be done on a thing: its acts, and of those that are not possible why not.

import { el } from "../dom.js";
import { say, told } from "../words.js";
import { isShown, show } from "./dialog.js";
import { open, refusal } from "./form.js";
import { possible } from "./server.js";

export async function choose(about) {
  const scope = about.split(":")[1];
  const reading = show(scope, say("act_reading"));
  const answer = await possible(about);
  if (!isShown(reading)) return;
  if (!answer.ok) return show(scope, say("act"), refusal(answer));
  // an act that says no reason is none for a thing of this kind
  const listed = answer.told.acts.filter((act) => act.possible || told(act.why));
  const able = listed.filter((act) => act.possible);
  const unable = listed.filter((act) => !act.possible);
  show(
    scope,
    say("acts_title"),
    able.length === 0 && el("p", { class: "none" }, say("acts_none")),
    el("ul", { class: "act-choices" }, able.map((act) => el("li", null, el("button", { type: "button", "data-key": `act-${act.act}`, onclick: () => open(act.act, about) }, told(act.label))))),
    el("ul", { class: "act-choices unable" }, unable.map((act) => el("li", null, el("b", null, `✕ ${told(act.label)}`), ` ${told(act.why)}`, told(act.remedy) && el("small", null, ` ${told(act.remedy)}`)))),
  );
}
