// What was typed and not sent: kept in this window until it is sent, dropped, or the person signs out.

const name = (act, about) => `yrd.act.${act} ${about}`;

export function keep(act, about, values) {
  try {
    sessionStorage.setItem(name(act, about), JSON.stringify(values));
  } catch {
    // a browser that keeps nothing loses it with the window only
  }
}

export function keptOf(act, about) {
  try {
    return JSON.parse(sessionStorage.getItem(name(act, about)) ?? "null");
  } catch {
    return null;
  }
}

export function drop(act, about) {
  try {
    sessionStorage.removeItem(name(act, about));
  } catch {
    // as above
  }
}

export function dropAll() {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("yrd.act.")) sessionStorage.removeItem(key);
  } catch {
    // as above
  }
}
