// Degrees to the map's plane: equirectangular, true to scale in the middle of the delta. 100 units are a degree north.

const UNITS = 100;
const WEST = 114.4;
const NORTH = 35.3;
const SHRINK = Math.cos((31.2 * Math.PI) / 180);
const KM = UNITS / 111.2;

export const FRAME = { x: 0, y: 0, width: Math.round((124.2 - WEST) * UNITS * SHRINK), height: Math.round((NORTH - 26.9) * UNITS) };

export function place(lon, lat) {
  return [round((lon - WEST) * UNITS * SHRINK), round((NORTH - lat) * UNITS)];
}

export function degrees(x, y) {
  return [x / (UNITS * SHRINK) + WEST, NORTH - y / UNITS];
}

export function line(points) {
  return points.map(([lon, lat]) => place(lon, lat).join(",")).join(" ");
}

export function kilometres(km) {
  return round(km * KM);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
