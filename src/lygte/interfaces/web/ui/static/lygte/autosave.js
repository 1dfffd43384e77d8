// Every keystroke is kept: sent to the server within 300 ms, and sealed on this machine until the server says it has it.
import { clearConflict, showConflict, showError } from "./conflict.js";
import { drawer } from "./drafts.js";
import { flush, keep } from "./flush.js";
import { ago, announce, csrfToken, fill, isTyping } from "./words.js";

const SEND_WITHIN = 250;
const SEAL_WITHIN = 80;
const RETRY = [1000, 2000, 5000, 10000, 30000];
const TIMEOUT = 10000;
const KEEPALIVE_LIMIT = 60000;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// ----- reading and writing controls -----
const controls = (form, name) => [...form.elements].filter((element) => element.name === name);
const counts = (element) => element.name && element.name !== "csrfmiddlewaretoken" && element.matches("input:not([type=submit], [type=button], [type=hidden], [type=file]), textarea, select") && !element.closest("[data-no-autosave]");
const isMultiple = (elements) => elements[0].type === "checkbox" && (elements.length > 1 || elements[0].closest("[data-multiple]") !== null);

const read = (form, name) => {
  const elements = controls(form, name);
  if (!elements.length) return null;
  if (isMultiple(elements)) return elements.filter((element) => element.checked).map((element) => element.value);
  if (elements[0].matches("[type=radio], [type=checkbox]")) return elements.find((element) => element.checked)?.value ?? null;
  return elements[0].value;
};
// What the page came with: whoever was quicker than this script has typed over it.
const cameWith = (form, name) => {
  const elements = controls(form, name);
  if (isMultiple(elements)) return elements.filter((element) => element.defaultChecked).map((element) => element.value);
  if (elements[0].matches("[type=radio], [type=checkbox]")) return elements.find((element) => element.defaultChecked)?.value ?? null;
  return elements[0].matches("textarea, [type=text], [type=tel]") ? elements[0].defaultValue : elements[0].value;
};
const write = (form, name, value) => {
  const elements = controls(form, name);
  const chosen = [value].flat();
  for (const element of elements) {
    if (element.matches("[type=radio], [type=checkbox]")) element.checked = chosen.includes(element.value);
    else element.value = value ?? "";
  }
};
const isText = (form, name) => isTyping(controls(form, name)[0]) && !controls(form, name)[0].matches("select");

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
  const drafts = drawer(form.dataset.record, form.dataset.draftKey);
  const status = document.querySelector("[data-autosave-status]");
  const bases = new Map();
  const pending = new Map(); // name -> value, not yet acknowledged
  const held = new Set(); // names in conflict or refused: kept, but not sent until somebody acts
  let client = crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
  let seq = 0;
  let inFlight = null;
  let sendTimer = 0;
  let sealTimer = 0;
  let failures = 0;
  let locked = false;
  let savedAt = null;

  const base = (name) => {
    if (!bases.has(name)) bases.set(name, controls(form, name)[0]?.closest("[data-base]")?.dataset.base ?? null);
    return bases.get(name);
  };
  for (const element of form.elements) {
    if (!counts(element)) continue;
    const value = read(form, element.name);
    if (!element.closest("[data-base]")) bases.set(element.name, cameWith(form, element.name));
    if (!same(value, cameWith(form, element.name))) pending.set(element.name, value);
  }
  const sendable = () => [...pending.keys()].filter((name) => !held.has(name));

  // ----- status -----
  const state = () => {
    if (locked) return "locked";
    if (failures) return "unsaved";
    if ([...held].some((name) => pending.has(name))) return refused ? "refused" : "conflict";
    if (pending.size) return "saving";
    return savedAt ? "saved" : "idle";
  };
  let refused = false;
  const show = () => {
    if (!status) return;
    const now = state();
    const texts = { saving: status.dataset.textSaving, saved: savedAt && fill(status.dataset.textSaved, { ago: ago(Date.now() - savedAt) }), unsaved: status.dataset.textUnsaved, locked: status.dataset.textLocked, conflict: status.dataset.textConflict, refused: status.dataset.textRefused };
    if (status.dataset.state !== now) {
      const troubled = ["unsaved", "locked", "conflict", "refused"];
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
    if (!pending.size) return drafts.clear();
    const fields = Object.fromEntries([...pending].map(([name, value]) => [name, { value, base: base(name) }]));
    return drafts.put({ client, seq, fields });
  };
  const sealSoon = () => (sealTimer ||= setTimeout(seal, SEAL_WITHIN));

  // ----- sending -----
  const message = (names) => {
    const fields = Object.fromEntries(names.map((name) => [name, { value: pending.get(name), base: base(name) }]));
    return JSON.stringify({ client, seq: ++seq, fields });
  };
  const request = (body, extra) =>
    fetch(url, {
      method: "PATCH", body, credentials: "same-origin", redirect: "manual", cache: "no-store",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(form), "X-Requested-With": "fetch" }, ...extra,
    });
  const sendSoon = (wait = SEND_WITHIN) => (sendTimer ||= setTimeout(send, wait));

  /** True when the server said of every field what became of it. Only what it named counts as saved. */
  const acknowledge = (sent, answer) => {
    let understood = true;
    for (const [name, value] of sent) {
      if (answer.errors?.[name]) refuse(name, answer.errors[name]);
      else if (answer.conflicts?.[name]) disagree(name, answer.conflicts[name]);
      else if (answer.saved && name in answer.saved) {
        bases.set(name, answer.saved[name]);
        if (same(pending.get(name), value)) pending.delete(name);
        savedAt = Date.now();
      } else understood = false;
    }
    applyEffects(answer.effects);
    return understood;
  };
  const refuse = (name, text) => {
    held.add(name);
    refused = true;
    showError(form, name, text);
  };
  const disagree = (name, conflict) => {
    held.add(name);
    refused = false;
    const mine = pending.get(name);
    const decide = (kept) => {
      bases.set(name, conflict.base ?? conflict.theirs);
      held.delete(name);
      const now = read(form, name);
      if (kept === "theirs") write(form, name, conflict.theirs), pending.delete(name);
      if (kept === "mine") pending.set(name, now);
      if (kept === "both") {
        write(form, name, [conflict.theirs, now].filter(Boolean).join("\n"));
        pending.set(name, read(form, name));
      }
      seal();
      show();
      if (pending.has(name)) sendSoon(0);
      controls(form, name)[0]?.focus();
    };
    showConflict({ form, name, mine, conflict, isText: isText(form, name), decide });
  };

  const attempt = async (names) => {
    const sent = names.map((name) => [name, pending.get(name)]);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await request(message(names), { signal: abort.signal });
      const known = response.headers.get("Content-Type")?.includes("json");
      if (response.ok || ([400, 409, 422].includes(response.status) && known)) {
        failures = acknowledge(sent, await response.json()) ? 0 : failures + 1;
        locked = false;
      } else if ([401, 403, 423].includes(response.status) || response.type === "opaqueredirect") {
        locked = true;
        failures = Math.max(1, failures);
      } else failures += 1;
    } catch {
      failures += 1;
    } finally {
      clearTimeout(timer);
    }
  };
  const send = () => {
    clearTimeout(sendTimer);
    sendTimer = 0;
    if (inFlight) return inFlight;
    const names = sendable();
    if (!names.length) return Promise.resolve();
    show();
    inFlight = attempt(names).then(() => {
      inFlight = null;
      seal();
      show();
      if (sendable().length) sendSoon(locked ? RETRY.at(-1) : failures ? RETRY[Math.min(failures, RETRY.length) - 1] : SEND_WITHIN);
    });
    return inFlight;
  };

  // ----- changes -----
  const changed = (event) => {
    const element = event.target;
    if (element.form !== form || !counts(element)) return;
    const value = read(form, element.name);
    if (event.type === "change" && same(pending.has(element.name) ? pending.get(element.name) : bases.get(element.name), value)) return;
    pending.set(element.name, value);
    if (refused && held.has(element.name)) held.delete(element.name), clearConflict(form, element.name);
    sealSoon();
    show();
    if (!failures) sendSoon();
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);

  // ----- leaving and coming back -----
  const parting = () => {
    if (!pending.size) return;
    seal();
    const names = sendable();
    if (!names.length) return;
    const body = message(names);
    if (body.length < KEEPALIVE_LIMIT) request(body, { keepalive: true }).catch(() => {});
  };
  addEventListener("pagehide", parting);
  document.addEventListener("visibilitychange", () => (document.hidden ? parting() : pending.size && send()));
  addEventListener("online", send);
  addEventListener("focus", () => failures && send());

  const settled = async () => {
    for (let round = 0; round < 3 && (sendable().length || inFlight); round += 1) {
      await send();
      if (failures) break;
    }
    await seal();
    show();
    return pending.size === 0;
  };
  keep({ flush: settled, dirty: () => pending.size > 0 });

  // ----- what was left from before a reload or a crash -----
  const left = await drafts.take();
  if (left?.fields) {
    client = left.client || client;
    seq = (left.seq || 0) + 1; // One may have been sent while the page was closing.
    for (const [name, { value, base: old }] of Object.entries(left.fields)) {
      if (pending.has(name) || !controls(form, name).length || same(read(form, name), value)) continue;
      bases.set(name, old);
      write(form, name, value);
      pending.set(name, value);
    }
    seal();
  }
  if (pending.size) send();
  show();
  setInterval(show, 1000);
};

document.querySelectorAll("form[data-autosave-url]").forEach(start);
export { flush };
