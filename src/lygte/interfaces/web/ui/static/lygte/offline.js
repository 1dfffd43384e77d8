// The form that goes on without a line. What is typed is sealed for its owner as it is typed; this page can put things in
// the drawer and never open it. When the line is back it sends by itself, and the contact's own page takes over.
import "./clock.js";
import "./keys.js";
import "./print.js";
import { counts, names, read, write } from "./controls.js";
import { edits, newId, same } from "./edits.js";
import { isLockedHere, keptDesk, lockHere, unlockHere } from "./kept.js";
import { canSeal, openerOf, seal, sealerFor } from "./seal.js";
import { askKeys, sendAll, sendContact, waiting } from "./sender.js";
import * as store from "./store.js";
import { announce, fill } from "./words.js";

const LOOK = 5000;
const SEAL_WITHIN = 10;
const root = document.querySelector("[data-offline]");
const told = root.dataset;
const form = document.getElementById("offline-form");
const status = document.querySelector("[data-offline-status]");
const goOn = document.querySelector("[data-offline-go-on]");
const asked = new URLSearchParams(location.hash.slice(1));
const desk = keptDesk();

let sealer = null;
let letGo = null;
let contact = null; // {id, channel, began, typed}
let sealTimer = 0;
let sealing = Promise.resolve();
let last = Date.now();
let line = "away";

// ----- what the page says -----
const say = async () => {
  const found = await waiting(desk?.tag);
  const own = found.all - found.others;
  const words = { away: told.textAway, open: told.textBack, locked: told.textLocked, out: told.textOut, other: told.textOther, here: told.textHere }[line];
  const count = own === 0 ? told.textNone : own === 1 ? told.textOne : fill(told.textMany, { n: own });
  const text = `${words} ${line === "open" && own === 0 ? "" : count}`.trim();
  if (status.textContent !== text) (status.textContent = text), announce(text);
  status.dataset.state = line;
};
const lead = (url) => {
  goOn.hidden = !url;
  if (url) goOn.href = url;
};

// ----- the contact that is being written -----
const id = () => `contact:${contact.id}`;
const keep = async () => {
  clearTimeout(sealTimer);
  sealTimer = 0;
  if (!contact || !sealer) return;
  const { channel, began, typed } = contact;
  typed.number();
  const value = { contact: contact.id, url: desk.receive, channel, began, last: contact.last, ...typed.left() };
  const { half, key } = sealer;
  const sealed = await seal(key, id(), value);
  await store.put({ id: id(), kind: "contact", tag: desk.tag, began, stamp: sealed.iv, half, ...sealed });
  if (!sealTimer) root.dataset.sealed = "yes";
};
const keepNow = () => (sealing = sealing.then(keep).catch(() => {}).then(say));
const keepSoon = () => {
  root.dataset.sealed = "no";
  sealTimer ||= setTimeout(keepNow, SEAL_WITHIN);
};

const begin = async (contactId, channel) => {
  await keepNow();
  letGo?.();
  form.reset();
  const now = new Date().toISOString();
  contact = { id: contactId, channel, began: now, last: now, typed: edits() };
  for (const name of names(form)) contact.typed.know(name, name === "channel" ? channel : "");
  write(form, "channel", channel);
  letGo = await store.claim(id());
  await keepNow();
  root.dataset.state = "writing";
  form.querySelector("input, textarea")?.focus();
};
const changed = (event) => {
  last = Date.now();
  const element = event.target;
  if (element.form !== form || !counts(element) || !contact) return;
  const value = read(form, element.name);
  if (same(contact.typed.has(element.name) ? contact.typed.value(element.name) : contact.typed.base(element.name), value)) return;
  contact.typed.type(element.name, value);
  contact.last = new Date().toISOString();
  keepSoon();
  if (line === "open") look();
};

// ----- the line -----
const sendOwn = async (keys) => {
  if (!contact) return;
  await sealing;
  const row = await store.get(id());
  if (!row) return;
  const sent = await sendContact(keys, await openerOf(keys.private), row);
  if (!sent) return;
  contact.typed.acknowledge(sent.message.fields, sent.answer);
  // What was not settled waits under the contact's own page now.
  for (const name of Object.keys({ ...sent.answer.conflicts, ...sent.answer.errors })) contact.typed.decide(name, "");
  contact.typed.adopt({ seq: sent.message.seq });
  if (contact.typed.size) keepSoon();
  lead(sent.answer.page);
};
const afterLock = async (keys) => {
  if (keys.state === "away") return;
  if (keys.state === "open") {
    const body = new URLSearchParams({ csrfmiddlewaretoken: keys.csrf });
    const locked = await fetch(told.lock, { method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!locked) return;
  }
  await unlockHere();
  location.assign(keys.state === "out" ? told.login : told.unlock);
};
let looking = null;
const look = () => (looking ??= lookOnce().finally(() => (looking = null)));
const lookOnce = async () => {
  const keys = await askKeys(told.keys);
  if (root.dataset.state === "locked") return afterLock(keys);
  line = keys.state === "open" && desk && keys.tag !== desk.tag ? "other" : keys.state;
  if (line === "open") {
    await sendAll(told.keys).catch(() => null);
    await sendOwn(keys).catch(() => null);
    if (!contact && location.pathname !== new URL(told.form, location.href).pathname) return location.reload();
    if (!contact) lead(told.board);
  } else lead(line === "locked" ? told.unlock : line === "out" ? told.login : line === "other" ? told.board : "");
  await say();
};

// ----- the desk -----
const idle = async () => {
  if (Date.now() - last < Number(told.lockAfter) * 1000 || root.dataset.state === "locked") return;
  await keepNow();
  if (await lockHere()) location.reload();
};
const start = async () => {
  if (await isLockedHere()) {
    root.dataset.state = "locked";
    line = "here";
    await say();
    return look();
  }
  if (!desk || !canSeal()) return (root.dataset.state = "none"), look();
  sealer = await sealerFor(desk.public);
  root.dataset.state = "ready";
  const wanted = asked.get("ny");
  if (wanted && !(await store.get(`contact:${wanted}`))) await begin(wanted, asked.get("kanal") || "phone");
  await say();
  look();
};

for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(name, () => (last = Date.now()), { passive: true, capture: true });
document.addEventListener("input", changed);
document.addEventListener("change", changed);
for (const button of document.querySelectorAll("[data-offline-new]")) button.addEventListener("click", () => begin(newId(), "phone"));
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("pagehide", () => contact?.typed.size && keepNow());
addEventListener("online", look);
setInterval(look, LOOK);
setInterval(idle, 1000);
start();
