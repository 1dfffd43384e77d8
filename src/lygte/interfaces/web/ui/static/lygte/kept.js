// What this machine remembers of its desk while nobody can ask the server: whose drawer it is, and that it was locked.
const KEPT = "lygte-desk";
const LOCKED = "/uden-net/laast";

/** Whose drawer this machine may put things in: `{tag, public, form, receive}`. Nothing of it opens anything. */
export const keptDesk = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? null;
  } catch {
    return null;
  }
};
export const keepDesk = (value) => {
  try {
    if (value) localStorage.setItem(KEPT, JSON.stringify(value));
    else localStorage.removeItem(KEPT);
  } catch {
    // Forbidden: then nothing can be begun without a line.
  }
};

const cache = () => caches.open(KEPT);
/** Lock this machine without the server: from here on every page is the locked one. False where nobody would hold to it. */
export const lockHere = async () => {
  if (!navigator.serviceWorker?.controller) return false;
  await (await cache()).put(LOCKED, new Response(""));
  return true;
};
export const isLockedHere = async () => globalThis.caches !== undefined && (await (await cache()).match(LOCKED)) !== undefined;
export const unlockHere = async () => (await cache()).delete(LOCKED);
