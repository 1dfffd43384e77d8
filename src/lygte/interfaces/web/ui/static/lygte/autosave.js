// Every keystroke is kept: sent to the server within 300 ms, and sealed on this machine until the server says it has it.
import { clearConflict, showConflict, showError } from "./conflict.js";
import { cameWith, controls, counts, isText, names, read, write } from "./controls.js";
import { drawer } from "./drafts.js";
import { edits, same } from "./edits.js";
import { flush, keep } from "./flush.js";
import { ago, announce, csrfToken, fill } from "./words.js";

const SEND_WITHIN = 250;
const SEAL_WITHIN = 20;
const RETRY = [1000, 2000, 5000, 10000, 30000];
const TIMEOUT = 10000;
const KEEPALIVE_LIMIT = 60000;

// ----- effects: fragments that follow from what was saved -----
const late = new Map();
const effect = (place, html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
};
const applyEffects = (effects) => {
  for (const [name, html] of Object.entries(effects ?? {})) {
    const place = document.querySelector(`[data-effect="${CSS.escape(name)}"]`);
    if (!place) continue;
    if (place.contains(document.activeElement)) late.set(name, html);
    else late.delete(name), effect(place, html);
  }
};
document.addEventListener("focusout", () => setTimeout(() => late.size && applyEffects(Object.fromEntries(late))));

const start = async (form) => {
  const url = form.dataset.autosaveUrl;
  const drafts = drawer({ record: form.dataset.record, key64: form.dataset.draftKey, tag: form.dataset.draftTag, url });
  const status = document.querySelector("[data-autosave-status]");
  const typed = edits();
  let ready = false; // not before it is known what an earlier page left
  let inFlight = null;
  let sendTimer = 0;
  let sealTimer = 0;
  let failures = 0;
  let reached = true;
  let locked = false;
  let savedAt = null;

  const know = (name) => {
    if (typed.knows(name)) return;
    const told = controls(form, name)[0]?.closest("[data-base]");
    typed.know(name, told ? told.dataset.base : controls(form, name).length ? cameWith(form, name) : null);
  };
  for (const name of names(form)) {
    know(name);
    const value = read(form, name);
    if (!same(value, cameWith(form, name))) typed.type(name, value);
  }

  // ----- status -----
  const state = () => {
    if (locked) return "locked";
    if (failures) return reached ? "unsaved" : "offline";
    const [trouble] = typed.troubles();
    if (trouble) return trouble;
    if (typed.size) return "saving";
    return savedAt ? "saved" : "idle";
  };
  const show = () => {
    if (!status) return;
    const now = state();
    const texts = { saving: status.dataset.textSaving, saved: savedAt && fill(status.dataset.textSaved, { ago: ago(Date.now() - savedAt) }), unsaved: status.dataset.textUnsaved, offline: status.dataset.textOffline, locked: status.dataset.textLocked, conflict: status.dataset.textConflict, refused: status.dataset.textRefused };
    if (status.dataset.state !== now) {
      const troubled = ["unsaved", "offline", "locked", "conflict", "refused"];
      if (troubled.includes(now) || (now === "saved" && troubled.includes(status.dataset.was))) announce(texts[now]);
      if (now !== "saving") status.dataset.was = now;
      status.dataset.state = now;
    }
    const text = texts[now];
    if (text !== undefined && text !== null && status.textContent !== text) status.textContent = text;
  };

  // ----- the copy on this machine -----
  const seal = () => {
    clearTimeout(sealTimer);
    sealTimer = 0;
    return typed.size ? drafts.put(typed.left()) : drafts.clear();
  };
  const sealSoon = () => (sealTimer ||= setTimeout(seal, SEAL_WITHIN));

  // ----- sending -----
  const request = (message, extra) =>
    fetch(url, {
      method: "PATCH", body: JSON.stringify(message), credentials: "same-origin", redirect: "manual", cache: "no-store",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(form), "X-Requested-With": "fetch" }, ...extra,
    });
  const sendSoon = (wait = SEND_WITHIN) => (sendTimer ||= setTimeout(send, wait));

  /** True when the server said of every field what became of it. Only what it named counts as saved. */
  const acknowledge = (fields, answer) => {
    const found = typed.acknowledge(fields, answer);
    for (const [name, text] of Object.entries(found.errors)) showError(form, name, text);
    for (const [name, conflict] of Object.entries(found.conflicts)) disagree(name, conflict);
    if (found.saved.length) savedAt = Date.now();
    applyEffects(answer.effects);
    return found.understood;
  };
  const disagree = (name, conflict) => {
    const decide = (kept) => {
      const standing = conflict.base ?? conflict.theirs;
      const mine = controls(form, name).length ? read(form, name) : typed.value(name);
      if (kept === "theirs") write(form, name, conflict.theirs), typed.decide(name, standing);
      if (kept === "mine") typed.decide(name, standing, mine);
      if (kept === "both") {
        const both = [conflict.theirs, mine].filter(Boolean).join("\n");
        write(form, name, both);
        typed.decide(name, standing, both);
      }
      seal();
      show();
      if (typed.has(name)) sendSoon(0);
      controls(form, name)[0]?.focus();
    };
    showConflict({ form, name, mine: typed.value(name), conflict, isText: isText(form, name), decide });
  };

  const attempt = async (fieldNames) => {
    const message = typed.message(fieldNames);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await request(message, { signal: abort.signal });
      const known = response.headers.get("Content-Type")?.includes("json");
      reached = true;
      if (response.ok || ([400, 409, 422].includes(response.status) && known)) {
        failures = acknowledge(message.fields, await response.json()) ? 0 : failures + 1;
        locked = false;
      } else if ([401, 403, 423].includes(response.status) || response.type === "opaqueredirect") {
        locked = true;
        failures = Math.max(1, failures);
      } else failures += 1;
    } catch {
      reached = false;
      failures += 1;
    } finally {
      clearTimeout(timer);
    }
  };
  const send = () => {
    clearTimeout(sendTimer);
    sendTimer = 0;
    if (inFlight) return inFlight;
    const fieldNames = typed.sendable();
    if (!fieldNames.length || !ready) return Promise.resolve();
    show();
    inFlight = attempt(fieldNames).then(() => {
      inFlight = null;
      seal();
      show();
      if (typed.sendable().length) sendSoon(locked ? RETRY.at(-1) : failures ? RETRY[Math.min(failures, RETRY.length) - 1] : SEND_WITHIN);
    });
    return inFlight;
  };

  // ----- changes -----
  const changed = (event) => {
    const element = event.target;
    if (element.form !== form || !counts(element)) return;
    const value = read(form, element.name);
    know(element.name);
    if (event.type === "change" && typed.unchanged(element.name, value)) return;
    if (typed.isRefused(element.name)) clearConflict(form, element.name);
    typed.type(element.name, value);
    sealSoon();
    show();
    if (!failures) sendSoon();
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);

  // ----- leaving and coming back -----
  const parting = () => {
    if (!typed.size) return;
    seal();
    const fieldNames = typed.sendable();
    if (!fieldNames.length || !ready) return;
    const message = typed.message(fieldNames);
    if (JSON.stringify(message).length < KEEPALIVE_LIMIT) request(message, { keepalive: true }).catch(() => {});
  };
  addEventListener("pagehide", parting);
  document.addEventListener("visibilitychange", () => (document.hidden ? parting() : typed.size && send()));
  addEventListener("online", send);
  addEventListener("focus", () => failures && send());

  const settled = async () => {
    for (let round = 0; round < 3 && (typed.sendable().length || inFlight); round += 1) {
      await send();
      if (failures) break;
    }
    await seal();
    show();
    return typed.size === 0;
  };
  keep({ flush: settled, dirty: () => typed.size > 0 });

  // ----- what was left from before a reload or a crash -----
  const left = await drafts.take((fields) => Object.entries(fields).every(([name, { value }]) => !typed.has(name) || same(typed.value(name), value)));
  if (left) {
    typed.adopt(left);
    for (const [name, { value, base }] of Object.entries(left.fields)) {
      const there = controls(form, name).length > 0;
      if (typed.has(name) || (there && same(read(form, name), value))) continue;
      typed.know(name, base);
      if (there) write(form, name, value);
      typed.type(name, value);
    }
  }
  await drafts.own(typed.client);
  ready = true;
  seal();
  if (typed.size) send();
  show();
  setInterval(show, 1000);
};

document.querySelectorAll("form[data-autosave-url]").forEach(start);
export { flush };
