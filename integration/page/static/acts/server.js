// Asks the server about acts. Every answer is {status, ok, told}; status 0: it was not reached.

let token = "";

export async function me() {
  const answer = await ask("/me");
  token = answer.ok ? (answer.told.csrf ?? "") : "";
  return answer.ok ? answer.told : { acts: false };
}

export const possible = (about) => ask(`/acts?${new URLSearchParams({ about })}`);
export const form = (act, about) => ask(`/acts/form?${new URLSearchParams({ act, about })}`);
export const waiting = () => ask("/acts/waiting");
export const send = ({ act, about, key, seen }, fields) => post("/acts", { act, about, key, seen, fields });
export const approve = (key, answer, note) => post("/acts/approve", { key, answer, note });
export const signOut = () => post("/sign-out", {});

function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  });
}

async function ask(path, more = {}) {
  try {
    const answer = await fetch(path, { ...more, headers: { Accept: "application/json", ...more.headers } });
    const told = await answer.json();
    return { status: answer.status, ok: answer.ok, told };
  } catch {
    return { status: 0, ok: false, told: {} };
  }
}
