// What is drawn, layer by layer. Each mark has a word of its own; colour only adds to it.

import { el, svg } from "../dom.js";
import { time } from "../format.js";
import { address } from "../panels/incidents.js";
import { say } from "../words.js";
import { width } from "./labels.js";
import { kilometres, line, place } from "./projection.js";

const SIZE = 14;
const FAR = [4, 26, 48, 72, 100, 140]; // a flag has a line to its place
const COLORS = ["none", "red", "orange", "yellow", "blue"];

export function land(outlines) {
  return outlines.provinces.map((province) => svg("path", { class: "land", d: province.rings.map((ring) => `M${line(ring)}Z`).join("") }));
}

export function names(provinces, outlines, labels) {
  return provinces.map((province) => {
    const [x, y] = place(...outlines.find((outline) => outline.code === province.code).name_at);
    labels.keep(x - 30, y - 18, 60, 22);
    return svg("text", { class: "province", x, y }, province.name);
  });
}

export function zones(list) {
  return list.map((zone) =>
    svg("g", { class: "zone" }, svg("title", null, zone.name), zone.protection.length > 0 && svg("polygon", { class: "protection", points: line(zone.protection) }), zone.isolation.length > 0 && svg("polygon", { class: "isolation", points: line(zone.isolation) })),
  );
}

export function storms(list, asOf, labels) {
  const newest = Math.max(...list.filter((storm) => !storm.forecast).map((storm) => storm.fixes.at(-1).ms));
  const isNewest = (storm) => storm.fixes.at(-1).ms === newest;
  return list.map((storm) => [track(storm), storm.forecast ? radii(storm, asOf, labels) : isNewest(storm) && centre(storm, labels)]);
}

function track(storm) {
  const points = storm.fixes.map((fix) => [fix.lon, fix.lat]);
  return svg(
    "g",
    { class: storm.forecast ? "track forecast" : "track observed" },
    svg("title", null, `${storm.name} ${say(storm.forecast ? "forecast" : "observed")} · ${storm.source}`),
    svg("polyline", { points: line(points) }),
    storm.fixes.map((fix) => {
      const [cx, cy] = place(fix.lon, fix.lat);
      return svg("circle", { cx, cy, r: 3 }, svg("title", null, fixText(storm, fix)));
    }),
  );
}

function fixText(storm, fix) {
  return [storm.name, time(fix.ms), fix.wind && `${fix.wind} m/s`, fix.pressure && `${fix.pressure} hPa`].filter(Boolean).join(" ");
}

// The wind radii at the forecast's fix that is nearest to the picture's instant.
function radii(storm, asOf, labels) {
  const fixes = storm.fixes.filter((fix) => fix.radii.length > 0);
  if (fixes.length === 0) return null;
  const fix = fixes.reduce((best, one) => (Math.abs(one.ms - asOf) < Math.abs(best.ms - asOf) ? one : best));
  const [cx, cy] = place(fix.lon, fix.lat);
  return [...fix.radii].reverse().map(([force, least, most]) => {
    const r = kilometres(most);
    const name = say(`force_${force}`);
    const wide = width(name, SIZE);
    labels.keep(cx - wide / 2, cy - r - SIZE, wide, SIZE + 4);
    return svg("g", { class: `radius force-${force}` }, svg("circle", { class: "most", cx, cy, r }), least !== most && svg("circle", { class: "least", cx, cy, r: kilometres(least) }), svg("text", { class: "quiet", x: cx, y: cy - r - 3 }, `${name} ${most} km`));
  });
}

function centre(storm, labels) {
  const fix = storm.fixes.at(-1);
  const [x, y] = place(fix.lon, fix.lat);
  const words = fixText(storm, fix);
  labels.keep(x - 10, y - 10, 20, 20);
  const box = labels.find(x, y, width(words, SIZE), SIZE + 2, 16);
  return svg("g", { class: "centre" }, svg("circle", { cx: x, cy: y, r: 9 }), svg("path", { d: `M${x - 14},${y + 6}q4,-16 14,-6M${x + 14},${y - 6}q-4,16 -14,6` }), box && svg("text", { x: box.x, y: box.y + SIZE }, words));
}

export function warnings(list, labels) {
  return list.map((area) => {
    const [x, y] = place(area.lon, area.lat);
    return area.warnings.slice(0, 3).map((warning) => {
      const wide = width(warning.text, SIZE) + 8;
      const box = labels.find(x, y, wide, SIZE + 5, ...FAR);
      if (!box) return svg("circle", { class: `dot color-${COLORS[warning.color]}`, cx: x, cy: y, r: 5 }, svg("title", null, `${area.name} ${warning.text}`));
      return svg("g", { class: `flag color-${COLORS[warning.color]}` }, svg("title", null, `${area.name} ${warning.text}`), svg("line", { x1: x, y1: y, x2: box.x + wide / 2, y2: box.y + box.height / 2 }), svg("rect", { x: box.x, y: box.y, width: wide, height: SIZE + 5, rx: 2 }), svg("text", { x: box.x + 4, y: box.y + SIZE }, warning.text));
    });
  });
}

export function trips(list, labels) {
  return list.map((trip) => {
    const [x, y] = place(trip.lon, trip.lat);
    labels.keep(x - 9, y - 9, 18, 18);
    const alarm = trip.alerts.length > 0;
    const words = `${alarm ? "! " : ""}${trip.goods.join(" ")}`;
    const box = labels.find(x, y, width(words, SIZE), SIZE + 2);
    const title = [trip.name, ...trip.goods, ...trip.alerts, trip.inferred && say("place_by_area")].filter(Boolean).join(" · ");
    return svg("g", { class: alarm ? "trip alarm" : "trip" }, svg("title", null, title), svg("path", { d: `M${x},${y - 8}l8,14h-16z` }), box && svg("text", { x: box.x, y: box.y + SIZE }, words));
  });
}

export function incidents(list, order, labels, middles) {
  return list.map((incident) => {
    const [x0, y0] = place(incident.lon, incident.lat);
    const [x, y] = middles.get(incident.id);
    const number = order.indexOf(incident.id) + 1;
    const box = labels.find(x, y, width(short(incident.title), SIZE), SIZE + 2, 14);
    return svg(
      "a",
      { href: address(incident.id), class: `incident grade-${incident.grade}`, "aria-label": `${number} ${incident.grade_word} ${incident.title}`, "data-key": `m-${incident.id}` },
      svg("title", null, `${incident.grade_word} ${incident.title}${incident.inferred ? ` (${say("place_by_area")})` : ""}`),
      (x !== x0 || y !== y0) && svg("line", { x1: x0, y1: y0, x2: x, y2: y }),
      svg("circle", { cx: x, cy: y, r: 12 }),
      svg("text", { class: "number", x, y: y + 5 }, number),
      box && svg("text", { class: "title", x: box.x, y: box.y + SIZE }, short(incident.title)),
    );
  });
}

// Where each incident's circle stands: on its place, or near by if another stands there. Before labels look for theirs.
export function middles(list, labels) {
  return new Map(
    list.map((incident) => {
      const [x, y] = place(incident.lon, incident.lat);
      const box = labels.take(x - 12, y - 12, 24, 24) ?? labels.find(x, y, 24, 24, 14, 38, 62, 86);
      return [incident.id, box ? [box.x + 12, box.y + 12] : [x, y]];
    }),
  );
}

function short(title) {
  const letters = [...title];
  return letters.length > 12 ? `${letters.slice(0, 11).join("")}…` : title;
}

export function aid(list, labels) {
  return list.map((help) => {
    const [x1, y1] = place(...help.from);
    const [x2, y2] = place(...help.to);
    const box = labels.find((x1 + x2) / 2, (y1 + y2) / 2, width(help.text, SIZE), SIZE + 2);
    return svg("g", { class: "help" }, svg("title", null, help.text), svg("line", { x1, y1, x2, y2, "marker-end": "url(#arrow)" }), box && svg("text", { x: box.x, y: box.y + SIZE }, help.text));
  });
}

export function legend() {
  const item = (kind, words) => el("li", null, svg("svg", { viewBox: "0 0 22 14", class: `key ${kind}`, "aria-hidden": true }, sample(kind)), words);
  return el("ul", { class: "legend" }, item("incident", say("layer_incidents")), item("observed", say("observed")), item("forecast", say("forecast")), item("trip", say("layer_trips")), item("zone", say("layer_zones")), item("help", say("layer_aid")));
}

function sample(kind) {
  if (kind === "incident") return svg("circle", { cx: 11, cy: 7, r: 6 });
  if (kind === "trip") return svg("path", { d: "M11,1l7,12h-14z" });
  if (kind === "zone") return svg("rect", { x: 2, y: 1, width: 18, height: 12 });
  return svg("line", { x1: 1, y1: 7, x2: 21, y2: 7 });
}
