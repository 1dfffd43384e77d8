// The shared desk: after a quiet while everything is saved and the screen locks, in every tab.
import { flush } from "./flush.js";
import { lockHere } from "./kept.js";
import { announce, fill } from "./words.js";

const WARN = 30;
const form = document.getElementById("ui-lock");
const after = Number(form?.dataset.lockAfter) || 0;

if (form && after) {
  const warning = document.getElementById("ui-lock-warning");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("lygte-desk") : null;
  let last = Date.now();
  let told = 0;
  let locking = false;

  const lock = async () => {
    if (locking) return;
    locking = true;
    channel?.postMessage("saving");
    await Promise.all([flush(3000), new Promise((resolve) => setTimeout(resolve, channel ? 400 : 0))]);
    try {
      await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual", headers: { "X-Requested-With": "fetch" } });
    } catch {
      // The server is away: this machine locks by itself, and the session with it when the server is back.
      locking = await lockHere().catch(() => false);
      if (!locking) return;
    }
    channel?.postMessage("locked");
    away();
  };
  const away = () => {
    const url = new URL(form.dataset.lockPage || form.action, location.href);
    url.searchParams.set("next", location.pathname);
    location.assign(url);
  };
  const active = () => {
    const now = Date.now();
    if (now - last > after * 1000) return; // Too late: the machine slept. The next look locks.
    if (now - told > 5000) channel?.postMessage("active"), (told = now);
    last = now;
    if (warning) warning.textContent = "";
  };
  const look = () => {
    const quiet = (Date.now() - last) / 1000;
    if (quiet >= after) return lock();
    const remaining = Math.ceil(after - quiet);
    if (!warning || remaining > WARN) return;
    if (!warning.textContent) announce(fill(warning.dataset.text, { n: WARN }));
    warning.textContent = fill(warning.dataset.text, { n: remaining });
  };

  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(name, active, { passive: true, capture: true });
  channel?.addEventListener("message", ({ data }) => {
    if (data === "active") (last = Date.now()), warning && (warning.textContent = "");
    if (data === "saving") flush(3000);
    if (data === "locked") away();
  });
  document.addEventListener("visibilitychange", () => document.hidden || look());
  setInterval(look, 1000);
}
