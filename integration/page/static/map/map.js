// The schematic map: outlines once, marks with every change; moved and scaled by keys, wheel and pointer.

import { el, svg } from "../dom.js";
import { panel } from "../panels/pieces.js";
import { choose, state } from "../state.js";
import { say } from "../words.js";
import { Labels } from "./labels.js";
import * as layers from "./layers.js";
import { FRAME } from "./projection.js";
import { fillTiles, loadTiles, tilesAbout } from "./tiles.js";

const LAYERS = ["incidents", "storms", "warnings", "trips", "zones", "aid"];
let outlines = null;
let view = { ...FRAME };

export async function load() {
  [outlines] = await Promise.all([fetch("/outlines.json").then((answer) => answer.json()), loadTiles()]);
}

export function map(parts, again) {
  const found = parts.map;
  if (!found || !outlines) return null;
  const drawing = draw(found, parts);
  return panel(
    "map",
    say("map"),
    layerBoxes(again),
    el("div", { class: "frame" }, zoomButtons(drawing), drawing),
    layers.legend(),
    el("p", { class: "facts" }, say("map_note", outlines.source)),
    tilesAbout() && !state.hidden.has("tiles") && el("p", { class: "facts attribution" }, say("tiles_note", tilesAbout().attribution, tilesAbout().crs)),
  );
}

function draw(found, parts) {
  const on = (layer) => !state.hidden.has(layer);
  const labels = new Labels();
  const tiles = tilesAbout() && on("tiles") ? svg("g", { class: "tiles" }) : null;
  const order = parts.incidents.map((incident) => incident.id);
  const middles = on("incidents") ? layers.middles(found.incidents, labels) : null;
  const names = layers.names(found.provinces, outlines.provinces, labels);
  const storms = on("storms") ? layers.storms(found.storms, parts.head.as_of_ms, labels) : null;
  const incidents = on("incidents") ? layers.incidents(found.incidents, order, labels, middles) : null;
  const trips = on("trips") ? layers.trips(found.trips, labels) : null;
  const aid = on("aid") ? layers.aid(found.aid, labels) : null;
  const warnings = on("warnings") ? layers.warnings(found.warnings, labels) : null;
  const drawing = svg(
    "svg",
    { class: tiles ? "drawing tiled" : "drawing", viewBox: box(), tabindex: 0, role: "group", "aria-label": `${say("map")}。${say("map_keys")}`, "data-key": "map", preserveAspectRatio: "xMidYMid meet" },
    svg("defs", null, svg("marker", { id: "arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 6, markerHeight: 6, orient: "auto" }, svg("path", { d: "M0,0L10,5L0,10z" }))),
    tiles,
    layers.land(outlines),
    names,
    storms,
    on("zones") && layers.zones(found.zones),
    aid,
    warnings,
    trips,
    incidents,
  );
  drawing.addEventListener("keydown", (event) => key(event, drawing));
  drawing.addEventListener("wheel", (event) => wheel(event, drawing), { passive: false });
  drag(drawing);
  if (tiles) requestAnimationFrame(() => frame(drawing));
  return drawing;
}

// Shows the part of the map that is looked at.
function frame(drawing) {
  drawing.setAttribute("viewBox", box());
  const tiles = drawing.querySelector(".tiles");
  if (tiles) fillTiles(tiles, view, drawing.clientWidth || FRAME.width);
}

function box() {
  return [view.x, view.y, view.width, view.height].join(" ");
}

function zoom(factor, drawing) {
  const width = Math.min(FRAME.width * 1.5, Math.max(40, view.width * factor));
  const height = (width / FRAME.width) * FRAME.height;
  view = { x: view.x + (view.width - width) / 2, y: view.y + (view.height - height) / 2, width, height };
  frame(drawing);
}

function move(x, y, drawing) {
  view = { ...view, x: view.x + x, y: view.y + y };
  frame(drawing);
}

function reset(drawing) {
  view = { ...FRAME };
  frame(drawing);
}

function key(event, drawing) {
  const step = view.width / 8;
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (moves[event.key]) move(...moves[event.key], drawing);
  else if (event.key === "+" || event.key === "=") zoom(0.75, drawing);
  else if (event.key === "-") zoom(1 / 0.75, drawing);
  else if (event.key === "0") reset(drawing);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function wheel(event, drawing) {
  if (!event.ctrlKey) return; // without it the page scrolls
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, drawing);
}

function drag(drawing) {
  let from = null;
  drawing.addEventListener("pointerdown", (event) => {
    if (event.target.closest("a") || event.pointerType === "touch") return;
    from = [event.clientX, event.clientY];
    drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = view.width / drawing.clientWidth;
    move((from[0] - event.clientX) * scale, (from[1] - event.clientY) * scale, drawing);
    from = [event.clientX, event.clientY];
  });
  drawing.addEventListener("pointerup", () => (from = null));
}

function zoomButtons(drawing) {
  const button = (label, key_, run) => el("button", { type: "button", "aria-label": say(key_), title: say(key_), "data-key": key_, onclick: run }, label);
  return el("span", { class: "zoom" }, button("+", "zoom_in", () => zoom(0.75, drawing)), button("−", "zoom_out", () => zoom(1 / 0.75, drawing)), button("⟲", "zoom_reset", () => reset(drawing)));
}

function layerBoxes(again) {
  const flip = (layer) => {
    const hidden = new Set(state.hidden);
    if (!hidden.delete(layer)) hidden.add(layer);
    choose("hidden", hidden);
    again();
  };
  return el(
    "fieldset",
    { class: "layers" },
    el("legend", null, say("layers")),
    [...(tilesAbout() ? ["tiles"] : []), ...LAYERS].map((layer) => el("label", null, el("input", { type: "checkbox", checked: !state.hidden.has(layer), "data-key": `layer-${layer}`, onchange: () => flip(layer) }), say(`layer_${layer}`))),
  );
}
