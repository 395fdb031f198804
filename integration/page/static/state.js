// What the page knows, and what the person chose. Choices are kept in the browser and in the address.

const KEPT = ["language", "theme"];

export const state = {
  language: kept("language") ?? "zh",
  theme: kept("theme") ?? "auto",
  scope: new URLSearchParams(location.search).get("scope") ?? "",
  live: {}, // parts as they are now
  past: null, // parts as they were known at `at`
  at: null, // milliseconds since 1970; null: now
  view: "situation",
  incident: null, // joint id
  connection: { lost: false, ever: false },
  ahead: 0, // the server's clock before ours, in milliseconds
  hidden: new Set(), // layers of the map
};

const asked = new URLSearchParams(location.search).get("lang");
if (asked === "en" || asked === "zh") state.language = asked;

function kept(name) {
  try {
    return localStorage.getItem(`yrd.${name}`);
  } catch {
    return null; // a browser that keeps nothing still shows the page
  }
}

export function choose(name, value) {
  state[name] = value;
  if (!KEPT.includes(name)) return;
  try {
    localStorage.setItem(`yrd.${name}`, value);
  } catch {
    // as above
  }
}

// Parts that are shown: those of then, or those of now.
export function shown() {
  return state.past ?? state.live;
}

export function now() {
  return Date.now() + state.ahead;
}

export function query(more = {}) {
  const found = new URLSearchParams({ lang: state.language, ...more });
  if (state.scope) found.set("scope", state.scope);
  return found;
}

export async function read(path, more) {
  const answer = await fetch(`${path}?${query(more)}`, { headers: { Accept: "application/json" } });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.detail ?? answer.statusText);
  return found;
}
