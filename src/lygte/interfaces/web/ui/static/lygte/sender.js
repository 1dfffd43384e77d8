// Sends what waits in the drawer of this machine, oldest first, each thing in one tab only, and only for its owner.
import { edits } from "./edits.js";
import { openerOf, open, seal, textKey } from "./seal.js";
import * as store from "./store.js";

const TIMEOUT = 10000;

const talk = async (url, { method = "GET", body, csrf } = {}) => {
  const headers = { "X-Requested-With": "fetch", ...(body && { "Content-Type": "application/json", "X-CSRFToken": csrf }) };
  return fetch(url, { method, body: body && JSON.stringify(body), headers, credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
};
const isJson = (response) => response.headers.get("Content-Type")?.includes("json");

/** Ask the server for the keys of the drawer of whoever is signed in: `{state, tag, private, text, csrf}`. */
export const askKeys = async (url) => {
  try {
    const response = await talk(url);
    if (response.ok && isJson(response)) return { state: "open", ...(await response.json()) };
    if ([401, 403, 423].includes(response.status) || response.type === "opaqueredirect") return { state: response.status === 423 ? "locked" : "out" };
    return { state: "away" };
  } catch {
    return { state: "away" };
  }
};

/** Put what an answer did not settle under the contact's own page, where the typist chooses. */
const leave = async (keys, { record, url, page, client, seq, fields }) => {
  const id = `draft:${record}:${client}`;
  const kept = await seal(await textKey(keys.text), id, { client, seq, fields, url, page });
  await store.put({ id, kind: "draft", tag: keys.tag, stamp: kept.iv, ...kept });
};
const unsettled = (fields, answer) => Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in (answer.saved ?? {}))));

/** Send one waiting contact; return what was sent and what was answered, or null when it must wait on. */
export const sendContact = async (keys, opener, row) => {
  const value = await opener(row);
  const typed = edits(value.client, value.seq);
  for (const [name, field] of Object.entries(value.fields)) typed.know(name, field.base), typed.type(name, field.value);
  const message = typed.message(Object.keys(value.fields));
  const response = await talk(value.url, { method: "POST", csrf: keys.csrf, body: { ...message, contact: value.contact, channel: value.channel, began: value.began, last: value.last, clock: new Date().toISOString() } });
  if (!response.ok || !isJson(response)) return null;
  const answer = await response.json();
  const left = unsettled(value.fields, answer);
  if (Object.keys(left).length) await leave(keys, { record: value.contact, url: answer.save, page: answer.page, client: value.client, seq: message.seq, fields: left });
  await store.removeIfSame(row);
  return { message, answer };
};

const sendDraft = async (keys, row) => {
  const value = await open(await textKey(keys.text), row);
  const typed = edits();
  typed.adopt(value);
  for (const [name, field] of Object.entries(value.fields)) typed.know(name, field.base), typed.type(name, field.value);
  const message = typed.message(Object.keys(value.fields));
  const response = await talk(value.url, { method: "PATCH", csrf: keys.csrf, body: message });
  const answer = isJson(response) ? await response.json() : {};
  const left = unsettled(value.fields, answer);
  if (!Object.keys(left).length) return (await store.removeIfSame(row)), null;
  const again = await seal(await textKey(keys.text), row.id, { ...value, seq: message.seq, fields: left });
  await store.put({ ...row, stamp: again.iv, ...again });
  return value.page;
};

/** What waits on this machine: how many things, and of how many somebody else is the owner. */
export const waiting = async (tag) => {
  const rows = await store.all();
  return { all: rows.length, others: rows.filter((row) => row.tag !== tag).length };
};

/** Try to send everything that no open page is about to send itself. Returns `{state, pages}`: pages on which somebody must choose. */
export const sendAll = (keyUrl) =>
  store.alone("send", async () => {
    const rows = (await store.all()).sort((a, b) => (a.began ?? "").localeCompare(b.began ?? ""));
    if (!rows.length) return { state: "nothing", pages: [] };
    const keys = await askKeys(keyUrl);
    if (keys.state !== "open") return { state: keys.state, pages: [] };
    const opener = await openerOf(keys.private);
    const pages = [];
    for (const row of rows.filter((one) => one.tag === keys.tag)) {
      const one = () => (row.kind === "contact" ? sendContact(keys, opener, row) : sendDraft(keys, row));
      const page = await store.alone(row.id, one).catch(() => null);
      if (typeof page === "string") pages.push(page);
    }
    return { state: "open", tag: keys.tag, pages };
  });
