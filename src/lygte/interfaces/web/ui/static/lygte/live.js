// The board follows by itself: a stream tells that something changed, the changed parts are fetched and swapped.
import { ago, announce, clockTime, fill, isTyping } from "./words.js";
import { tickAll } from "./clock.js";

const POLL = 15000;
const QUIET = 40000; // A stream without a sign of life for this long counts as gone.

const start = (root) => {
  const stamp = document.querySelector("[data-freshness]");
  const waitingParts = new Map();
  let etag = root.dataset.etag || "";
  let version = null;
  let synced = Date.now();
  let lost = false;
  let stream = null;
  let heard = 0;
  let running = false;
  let again = false;

  // ----- freshness -----
  const show = () => {
    if (!stamp) return;
    const age = Date.now() - synced;
    const state = lost ? "lost" : age > 2 * POLL ? "stale" : "fresh";
    const text = lost
      ? fill(stamp.dataset.textLost, { time: clockTime(new Date(synced)) })
      : age < 5000 ? stamp.dataset.textNow : fill(stamp.dataset.textAgo, { ago: ago(age) });
    if (stamp.dataset.state !== state) {
      if (state === "lost" || stamp.dataset.state === "lost") announce(text);
      stamp.dataset.state = state;
    }
    if (stamp.textContent !== text) stamp.textContent = text;
  };
  const inStep = () => {
    synced = Date.now();
    lost = false;
    show();
  };

  // ----- swapping parts -----
  const written = (control) => control.type !== "hidden" && (control.defaultValue !== undefined && control.matches("input:not([type=radio], [type=checkbox]), textarea") ? control.value !== control.defaultValue : control.checked !== control.defaultChecked);
  const busy = (part) => {
    const active = document.activeElement;
    if ([...part.querySelectorAll("input, textarea")].some(written)) return true;
    return (part.contains(active) && isTyping(active)) || part.querySelector("dialog[open], details[open]") !== null;
  };
  const rows = (part) => new Map([...part.querySelectorAll("[data-live-row]")].map((row) => [row.dataset.liveRow, row]));
  const news = (before, part) => {
    if (!part.hasAttribute("data-announce-new")) return [];
    const known = rows(before);
    return [...rows(part)].filter(([id]) => !known.has(id)).map(([, row]) => row.dataset.announce).filter(Boolean);
  };
  const swap = (before, fresh) => {
    const active = document.activeElement;
    const inside = before.contains(active);
    const part = document.importNode(fresh, true);
    const told = news(before, part);
    before.replaceWith(part);
    if (inside) {
      const target = active.id && part.querySelector(`#${CSS.escape(active.id)}`);
      if (!target) part.tabIndex = -1;
      (target || part).focus({ preventScroll: true });
    }
    waitingParts.delete(part.dataset.livePart);
    return told;
  };
  const unchanged = (before, fresh) => (fresh.dataset.hash ? before.dataset.hash === fresh.dataset.hash : before.isEqualNode(fresh));
  const apply = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const told = [];
    for (const fresh of page.querySelectorAll("[data-live-part]")) {
      const before = root.querySelector(`[data-live-part="${CSS.escape(fresh.dataset.livePart)}"]`);
      if (!before || unchanged(before, fresh)) {
        waitingParts.delete(fresh.dataset.livePart);
      } else if (busy(before)) waitingParts.set(fresh.dataset.livePart, fresh);
      else told.push(...swap(before, fresh));
    }
    tickAll();
    announce(told.slice(0, 3).join(". "));
  };
  const settle = () => {
    for (const [name, fresh] of [...waitingParts]) {
      const before = root.querySelector(`[data-live-part="${CSS.escape(name)}"]`);
      if (before && !busy(before)) announce(swap(before, fresh).join(". "));
    }
    tickAll();
  };

  // ----- fetching -----
  const refresh = async () => {
    if (running) return void (again = true);
    running = true;
    try {
      const headers = { "X-Requested-With": "fetch", ...(etag && { "If-None-Match": etag }) };
      const response = await fetch(root.dataset.fragmentUrl, { headers, credentials: "same-origin", cache: "no-store", redirect: "manual" });
      if (response.status === 200) {
        apply(await response.text());
        etag = response.headers.get("ETag") || "";
        inStep();
      } else if (response.status === 304) inStep();
      else if (response.type === "opaqueredirect" || [401, 403, 423].includes(response.status)) return location.reload();
      else throw new Error(String(response.status));
    } catch {
      lost = true;
      show();
    } finally {
      running = false;
      if (again) {
        again = false;
        refresh();
      }
    }
  };

  // ----- the stream -----
  const alive = () => stream?.readyState === EventSource.OPEN && Date.now() - heard < QUIET;
  const sign = (event) => {
    heard = Date.now();
    if (event.type === "ping") return lost ? refresh() : inStep();
    if (event.type === "open" || event.data !== version) {
      version = event.data ?? version;
      refresh();
    } else inStep();
  };
  const connect = () => {
    if (!root.dataset.eventsUrl || !("EventSource" in window)) return;
    stream?.close();
    stream = new EventSource(root.dataset.eventsUrl, { withCredentials: true });
    heard = Date.now();
    for (const name of ["open", "message", "version", "ping"]) stream.addEventListener(name, sign);
  };

  connect();
  let polled = Date.now();
  setInterval(() => {
    show();
    if (Date.now() - polled < POLL || (alive() && !lost)) return;
    polled = Date.now();
    refresh();
    if (!stream || stream.readyState === EventSource.CLOSED || Date.now() - heard > 2 * QUIET) connect();
  }, 1000);
  addEventListener("online", refresh);
  addEventListener("offline", () => ((lost = true), show()));
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  document.addEventListener("focusout", () => setTimeout(settle));
  document.addEventListener("toggle", () => setTimeout(settle), true);
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (event) => event.persisted && connect());
  show();
};

document.querySelectorAll("[data-live]").forEach(start);
