// Views of one thing that is read by its id: a joint incident, a situation report.

import { swap } from "./dom.js";
import { incident } from "./panels/incident.js";
import { report } from "./panels/report.js";
import { read, shown, state } from "./state.js";

const DRAWN = { incident, report };
let detail; // of what is open; undefined while it is read
let asked = 0; // requests for it; only the last one counts

export const isAlone = (view) => Object.hasOwn(DRAWN, view);

export function drawOpened() {
  const slot = document.getElementById(`slot-${state.view}`);
  if (isAlone(state.view) && slot) swap(slot, DRAWN[state.view](detail));
}

export function forget() {
  detail = undefined;
}

// An incident of the picture as it is known now, or was then.
export async function openIncident() {
  const id = state.incident;
  await open(`incident ${id}`, async () => {
    try {
      return await read("/incident", state.at === null ? { id } : { id, at: state.at });
    } catch (error) {
      return shown().incidents?.some((listed) => listed.id === id) ? { failed: error.message } : null;
    }
  });
}

export async function openReport(origin, id) {
  await open(location.hash, async () => {
    try {
      return await read("/report", { origin, id });
    } catch (error) {
      return { failed: error.message };
    }
  });
}

async function open(name, reading) {
  const turn = ++asked;
  const view = state.view;
  const found = await reading();
  if (turn !== asked || view !== state.view || (view === "incident" && name !== `incident ${state.incident}`)) return;
  detail = found;
  drawOpened();
}
