// Brings it together: what is shown where, what news changes, what keys and addresses do.

import { begin as beginActs, heard } from "./acts/acts.js";
import { el, swap } from "./dom.js";
import { full, lasting } from "./format.js";
import { load as loadMap, map } from "./map/map.js";
import { drawOpened, forget, isAlone, openIncident, openReport } from "./opened.js";
import { decide, lives, needs, proposals } from "./panels/aid.js";
import { glance } from "./panels/glance.js";
import { handovers, trips, zones } from "./panels/hazmat.js";
import { attention, incidents } from "./panels/incidents.js";
import { alignment, controls, responses } from "./panels/levels.js";
import { helpSheet, log, recent, sheet } from "./panels/log.js";
import { none } from "./panels/pieces.js";
import { cover, resources, shelters, stocks } from "./panels/supplies.js";
import { nearest, timeBar } from "./panels/time.js";
import { coverage, mode, top } from "./panels/top.js";
import { warnings } from "./panels/warnings.js";
import { choose, query, read, shown, state } from "./state.js";
import { Stream } from "./stream.js";
import { say, speak } from "./words.js";

const by = (id) => document.getElementById(id);

// Views → panels, each with the parts of the picture that it shows.
const VIEWS = {
  situation: [
    ["glance", glance, ["glance"]],
    ["incidents", incidents, ["incidents", "glance"]],
    ["map", (parts) => map(parts, () => draw("map")), ["map", "incidents"]],
    ["attention", attention, ["attention"]],
    ["decide", decide, ["aid"]],
    ["warnings", warnings, ["warnings"]],
    ["needs", needs, ["aid"]],
    ["recent", recent, ["log"]],
  ],
  aid: [["decide", decide, ["aid"]], ["needs", needs, ["aid"]], ["lives", lives, ["aid"]], ["proposals", proposals, ["aid"]]],
  hazmat: [["trips", trips, ["hazmat"]], ["handovers", handovers, ["hazmat"]], ["zones", zones, ["hazmat"]]],
  supplies: [["resources", resources, ["supplies"]], ["cover", cover, ["supplies"]], ["shelters", shelters, ["supplies"]], ["stocks", stocks, ["supplies"]]],
  levels: [["alignment", alignment, ["levels"]], ["responses", responses, ["levels"]], ["controls", controls, ["levels"]], ["warnings", warnings, ["warnings"]]],
  log: [["log", log, ["log"]]],
};
const TABS = Object.keys(VIEWS);

function panels() {
  return VIEWS[state.view] ?? [];
}

// Lays out the view anew, then fills it.
function layout() {
  const main = by("main");
  main.className = `view-${state.view}`;
  main.replaceChildren(...panels().map(([name]) => el("div", { class: `slot slot-${name}`, id: `slot-${name}` })));
  if (isAlone(state.view)) main.append(el("div", { class: "slot", id: `slot-${state.view}` }));
  render();
}

function draw(name) {
  const found = panels().find(([own]) => own === name);
  const slot = by(`slot-${name}`);
  if (found && slot) swap(slot, found[1](shown(), state));
}

// Fills what shows one of the parts; everything without names.
function render(names = null) {
  const touches = (needed) => !names || needed.some((name) => names.includes(name));
  bands();
  if (!shown().head) {
    if (!isAlone(state.view)) by("main").replaceChildren(none(say(state.live.link?.caught_up ? "nothing_yet" : "loading")));
    return;
  }
  if (panels().length && !by(`slot-${panels()[0][0]}`)) return layout();
  for (const [name, , needed] of panels()) if (touches(needed)) draw(name);
  drawOpened();
}

function bands() {
  const parts = shown();
  const exercise = state.live.head?.exercise;
  const kind = !state.live.head ? "" : exercise ? "exercise" : "actual";
  document.documentElement.dataset.mode = kind;
  document.documentElement.dataset.past = state.at === null ? "no" : "yes";
  document.title = [exercise ? `【${say("exercise")}】` : "", state.connection.lost && state.connection.ever ? `✕ ${say("lost")} ` : "", say("title")].join("");
  by("mode").setAttribute("aria-label", say("mode"));
  swap(by("mode"), mode(state.live.head), realNews());
  swap(by("top"), top(parts, state, { language, theme, help, scope }));
  by("coverage").setAttribute("aria-label", say("coverage"));
  swap(by("coverage"), coverage(parts.coverage));
  tabs();
  by("time").hidden = (state.live.history?.marks ?? []).length < 2;
  swap(by("time"), timeBar(state.live.history, state, goTo));
  past();
}

function past() {
  let band = by("past");
  if (state.at === null) return band?.remove();
  if (!band) by("top").before((band = el("div", { id: "past", role: "region", "aria-label": say("past") })));
  swap(band, el("strong", null, say("past")), el("span", null, say("past_note", full(state.at))), el("button", { type: "button", "data-key": "past-now", onclick: () => goTo(null) }, say("to_now")));
}

// On an exercise's page: that something real goes on must not be missed.
function realNews() {
  const real = (state.live.scopes ?? []).find((s) => !s.exercise);
  if (!state.live.head?.exercise || !real?.open) return null;
  return el("a", { class: "real", href: "?scope=actual", "data-key": "real" }, `! ${say("real_news", real.open)}`);
}

function tabs() {
  by("tabs").setAttribute("aria-label", say("situation"));
  const current = { incident: "situation", report: "log" }[state.view] ?? state.view;
  swap(by("tabs"), TABS.map((name, place) => el("a", { href: `#/${name}`, "data-key": `tab-${name}`, "aria-current": name === current ? "page" : null }, el("kbd", null, place + 1), say(name))));
}

// --- what comes -------------------------------------------------------------------------------

const stream = new Stream({
  parts(news) {
    Object.assign(state.live, news);
    heard(news);
    // nobody chose, and the first picture there is is another's: look at that one
    if (!state.scope && !state.live.head && state.live.scopes?.length) return follow();
    if (state.at !== null) return bands();
    render(Object.keys(news));
    if (state.incident) openIncident();
  },
  state(change) {
    const was = state.connection;
    state.connection = { lost: change.lost, since: change.since ?? was.since, ever: was.ever || !change.lost };
    document.documentElement.dataset.lost = change.lost && state.connection.ever ? "yes" : "no";
    if (change.healed) notice(say("healed", lasting(change.healed / 1000, say)));
    bands();
  },
  clock(ms) {
    state.ahead = ms - Date.now();
  },
});

function follow() {
  state.live = {};
  stream.open(`/events?${query()}`);
}

let noticed = null;
function notice(words) {
  clearTimeout(noticed);
  swap(by("notice"), el("p", null, words));
  noticed = setTimeout(() => swap(by("notice")), 60_000);
}

// --- what the person does ---------------------------------------------------------------------

let waiting = null;
function goTo(ms, soon = false) {
  clearTimeout(waiting);
  state.at = ms;
  if (ms === null) {
    state.past = null;
    return render();
  }
  bands();
  waiting = setTimeout(() => showPast(ms), soon ? 150 : 0);
}

async function showPast(ms) {
  try {
    const found = await read("/picture", { at: ms });
    if (state.at !== ms) return;
    state.past = found;
    render();
    if (state.view === "incident") openIncident();
  } catch (error) {
    notice(say("failed", error.message));
    goTo(null);
  }
}

function language() {
  choose("language", state.language === "zh" ? "en" : "zh");
  begin();
}

function theme() {
  const dark = document.documentElement.dataset.theme === "dark";
  choose("theme", dark ? "light" : "dark");
  applyTheme();
}

const wanted = matchMedia("(prefers-color-scheme: dark)");
function applyTheme() {
  const chosen = state.theme === "auto" ? (wanted.matches ? "dark" : "light") : state.theme;
  document.documentElement.dataset.theme = chosen;
}

function scope(name) {
  state.scope = name;
  history.replaceState(null, "", `?${new URLSearchParams({ scope: name })}${location.hash}`);
  state.at = null;
  state.past = null;
  follow();
}

function openSheet(content) {
  const dialog = by("sheet");
  swap(dialog, content);
  if (!dialog.open) dialog.showModal();
}

function help() {
  openSheet(helpSheet(() => by("sheet").close()));
}

document.addEventListener("evidence", async (event) => {
  const close = () => by("sheet").close();
  openSheet(sheet({ loading: true }, close));
  try {
    openSheet(sheet(await read("/evidence", { id: event.detail.messageId, origin: event.detail.origin }), close));
  } catch (error) {
    openSheet(sheet({ failed: error.message }, close));
  }
});

function route() {
  const [, view, id, of] = location.hash.split("/");
  const known = isAlone(view) || VIEWS[view];
  state.view = known ? view : "situation";
  state.incident = view === "incident" ? decodeURIComponent(id ?? "") : null;
  forget();
  layout();
  if (state.incident) openIncident();
  if (view === "report") openReport(decodeURIComponent(id ?? ""), decodeURIComponent(of ?? ""));
  if (isAlone(state.view)) by("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

function near(step) {
  const links = [...document.querySelectorAll("[data-incident]")];
  const place = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, place + step))]?.focus();
}

function slide(step) {
  const marks = state.live.history?.marks ?? [];
  if (marks.length < 2) return;
  const place = (state.at === null ? marks.length - 1 : nearest(marks, state.at)) + step;
  goTo(place >= marks.length - 1 ? null : marks[Math.max(0, place)]);
}

const KEYS = {
  j: () => near(1),
  k: () => near(-1),
  l: language,
  t: theme,
  "?": help,
  "[": () => slide(-1),
  "]": () => slide(1),
  "\\": () => goTo(null),
  Escape: () => isAlone(state.view) && (location.hash = "#/situation"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const tab = TABS[Number(event.key) - 1];
  if (tab) location.hash = `#/${tab}`;
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
});

function begin() {
  speak(state.language);
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  by("skip").textContent = say("skip");
  state.past = null;
  follow();
  if (state.at !== null) showPast(state.at);
  route();
}

addEventListener("hashchange", route);
wanted.addEventListener("change", applyTheme);
setInterval(() => state.live.head && bands(), 15_000); // so that ages don't stand still
applyTheme();
begin();
loadMap().then(() => draw("map"));
beginActs(() => render());
