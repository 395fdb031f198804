// Operators' own tiles under the schematic map, if there are any. Each is set where its corners are.

import { svg } from "../dom.js";
import { degrees, place } from "./projection.js";

const SIDE = 256;
const MOST = 150;
const FINE = 8; // below, a Mercator tile is so high that its middle would be kilometres off
let about = null;
const kept = new Map(); // address → image: redrawing the map fetches nothing anew

export async function loadTiles() {
  about = await (await fetch("/tiles.json")).json();
}

export function tilesAbout() {
  return about;
}

// Fills the group with the tiles that the view needs; `pixels` is how wide it is on the screen.
export function fillTiles(group, view, pixels) {
  if (!about) return;
  const [west, north] = degrees(view.x, view.y);
  const [east, south] = degrees(view.x + view.width, view.y + view.height);
  const grid = about.grid === "mercator" ? MERCATOR : GEOGRAPHIC;
  const least = about.grid === "mercator" ? Math.min(Math.max(about.least_zoom, FINE), about.most_zoom) : about.least_zoom;
  let zoom = Math.round(Math.log2((360 * pixels) / (SIDE * (east - west))));
  zoom = Math.min(about.most_zoom, Math.max(least, zoom));
  let found = wanted(grid, zoom, west, north, east, south);
  while (found.length > MOST && zoom > about.least_zoom) found = wanted(grid, --zoom, west, north, east, south);
  group.replaceChildren(...found.slice(0, MOST).map((tile) => image(grid, ...tile)));
}

function wanted(grid, zoom, west, north, east, south) {
  const columns = 2 ** zoom;
  const rows = grid.rows(zoom);
  const from = Math.max(0, Math.floor(((west + 180) / 360) * columns));
  const to = Math.min(columns - 1, Math.floor(((east + 180) / 360) * columns));
  const top = Math.max(0, Math.floor(grid.row(north) * rows));
  const bottom = Math.min(rows - 1, Math.floor(grid.row(south) * rows));
  const found = [];
  for (let column = from; column <= to; column++) for (let row = top; row <= bottom; row++) found.push([zoom, column, row]);
  return found;
}

function image(grid, zoom, column, row) {
  const href = `/tiles/${zoom}/${column}/${row}`;
  if (!kept.has(href)) {
    const columns = 2 ** zoom;
    const rows = grid.rows(zoom);
    const [x, y] = place((column / columns) * 360 - 180, grid.latitude(row / rows));
    const [right, bottom] = place(((column + 1) / columns) * 360 - 180, grid.latitude((row + 1) / rows));
    kept.set(href, svg("image", { href, x, y, width: right - x, height: bottom - y, preserveAspectRatio: "none" }));
    if (kept.size > 4 * MOST) kept.delete(kept.keys().next().value);
  }
  return kept.get(href);
}

// How far down a latitude stands, from 0 to 1, and back.
const MERCATOR = {
  rows: (zoom) => 2 ** zoom,
  row: (latitude) => (1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2,
  latitude: (share) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * share))) * 180) / Math.PI,
};
const GEOGRAPHIC = { rows: (zoom) => 2 ** zoom / 2, row: (latitude) => (90 - latitude) / 180, latitude: (share) => 90 - 180 * share };
