// Instants and numbers as people read them. Beijing time everywhere, whatever the browser's own is.

const BEIJING_MS = 8 * 3600 * 1000;
const two = (n) => String(n).padStart(2, "0");

function parts(ms) {
  const at = new Date(ms + BEIJING_MS);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
}

// 07-26 09:00
export function time(ms) {
  if (ms === null || ms === undefined) return "—";
  const p = parts(ms);
  return `${two(p.month)}-${two(p.day)} ${two(p.hour)}:${two(p.minute)}`;
}

// 2021-07-26 09:00:05
export function full(ms) {
  if (ms === null || ms === undefined) return "—";
  const p = parts(ms);
  return `${p.year}-${two(p.month)}-${two(p.day)} ${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
}

export function number(value) {
  if (value === null) return "?";
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

// How long something took, in the larger units.
export function lasting(seconds, words) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return words("seconds", s);
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return words("minutes", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return words("hours", hours, minutes % 60);
  return words("days", Math.floor(hours / 24), hours % 24);
}
