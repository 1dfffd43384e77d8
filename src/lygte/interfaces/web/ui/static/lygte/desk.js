// What a desk needs when the line goes down: a worker that answers in the network's place, the public half of the drawer
// of whoever is signed in, a count of what waits, and somebody who sends it.
import { newId } from "./edits.js";
import { keepDesk, keptDesk } from "./kept.js";
import { askKeys, sendAll, waiting } from "./sender.js";
import { announce, fill } from "./words.js";

const EVERY = 15000;
const desk = document.querySelector("[data-desk]")?.dataset ?? {};

// ----- whoever is signed in -----
const know = async () => {
  if (desk.desk === "out") return keepDesk(null);
  if (!desk.deskKeys || !desk.deskForm) return;
  const kept = keptDesk();
  if (kept && kept.tag === desk.deskTag && kept.form === desk.deskForm) return;
  const keys = await askKeys(desk.deskKeys);
  if (keys.state === "open") keepDesk({ tag: keys.tag, public: keys.public, form: desk.deskForm, receive: desk.deskReceive });
};

// ----- the worker and the pages that it may show without a line -----
const prepare = async () => {
  if (!("serviceWorker" in navigator) || !desk.deskWorker) return;
  await navigator.serviceWorker.register(desk.deskWorker, { scope: "/" });
  if (!desk.deskForm) return;
  const ready = await navigator.serviceWorker.ready;
  const mark = `lygte-shell:${document.documentElement.lang}:${desk.deskForm}:${desk.deskVersion}`;
  if (sessionStorage.getItem(mark)) return;
  ready.active.postMessage({ keep: { form: desk.deskForm, sheet: desk.deskSheet } });
  sessionStorage.setItem(mark, "1");
};

// ----- what waits -----
const pill = document.querySelector("[data-waiting]");
const show = async (pages = []) => {
  if (!pill) return;
  const found = await waiting(keptDesk()?.tag);
  const own = found.all - found.others;
  const text = pages.length ? pill.dataset.textChoose : own ? fill(own === 1 ? pill.dataset.textOne : pill.dataset.textMany, { n: own }) : found.others ? pill.dataset.textOthers : "";
  if (text && text !== pill.textContent) announce(text);
  pill.textContent = text;
  pill.hidden = !text;
  if (pages.length) pill.href = pages[0];
  else pill.removeAttribute("href");
};
const look = async () => {
  if (!desk.deskKeys) return show();
  const sent = await sendAll(desk.deskKeys).catch(() => null);
  await show(sent?.pages);
};

if (desk.desk) {
  know().catch(() => {});
  prepare().catch(() => {});
  if (pill && globalThis.indexedDB) {
    setTimeout(look, 1500); // What belongs to this page has been taken by then.
    setInterval(look, EVERY);
    addEventListener("online", look);
  }
}

// A contact that is begun gets its name here, so that it is one contact however often it is begun.
document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/henvendelser/ny/") || target.elements.contact) return;
  const name = document.createElement("input");
  Object.assign(name, { type: "hidden", name: "contact", value: newId() });
  target.append(name);
}, { capture: true });

// A plain form that cannot reach anybody would lose what is typed in it: it stays on the page instead.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented || event.target.method !== "post" || event.target.matches("[data-offline-may]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  announce(desk.textNotSent);
  const told = document.querySelector("[data-desk-told]");
  if (told) (told.textContent = desk.textNotSent), (told.hidden = false);
}, { capture: true });
addEventListener("online", () => {
  const told = document.querySelector("[data-desk-told]");
  if (told) told.hidden = true;
});
