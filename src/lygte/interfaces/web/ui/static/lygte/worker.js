// Stands between the pages and the network. It keeps the files of the house and the few pages that hold nobody: the empty
// form and the emergency sheet. Everything else is asked for anew each time and never kept.
const FILE_CACHE = `lygte-files-${VERSION}`;
const PAGE_CACHE = "lygte-pages";
const DESK_CACHE = "lygte-desk";
const FORM = "/uden-net/side";
const LOCKED = "/uden-net/laast";
const LOCK = "/laas/";
const NEW_CONTACT = /^\/tilbud\/[^/]+\/henvendelser\/ny\/$/;
const NOT_OURS = /^\/(k|api|konto)\//;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILE_CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const keep = [FILE_CACHE, PAGE_CACHE, DESK_CACHE];
  const tidy = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("lygte-") && !keep.includes(name)).map((name) => caches.delete(name))));
  event.waitUntil(tidy.then(() => self.clients.claim()));
});

// ----- pages that hold nobody -----
const keepPage = async (url, name) => {
  const response = await fetch(url, { credentials: "same-origin", redirect: "error", cache: "no-store" });
  if (!response.ok || response.headers.get("X-Lygte-Keeps") !== "nobody") return;
  await (await caches.open(PAGE_CACHE)).put(name, response);
};
self.addEventListener("message", (event) => {
  const pages = event.data?.keep;
  if (!pages) return;
  event.waitUntil(Promise.allSettled([keepPage(pages.form, FORM), keepPage(pages.sheet, pages.sheet)]));
});
const kept = async (name) => (await caches.open(PAGE_CACHE)).match(name);
const isLocked = async () => (await (await caches.open(DESK_CACHE)).match(LOCKED)) !== undefined;

// ----- files -----
const file = async (request) => {
  try {
    const response = await fetch(request);
    if (response.ok) (await caches.open(FILE_CACHE)).put(request, response.clone());
    return response;
  } catch (problem) {
    const found = await caches.match(request, { ignoreVary: true });
    if (found) return found;
    throw problem;
  }
};

// ----- pages -----
const begun = async (request) => {
  const sent = new URLSearchParams(await request.text());
  const form = await kept(FORM);
  if (!form) return Response.error();
  const about = new URLSearchParams({ ny: sent.get("contact") || crypto.randomUUID(), kanal: sent.get("channel") || "phone" });
  return Response.redirect(`${new URL(form.url).pathname}#${about}`, 303);
};
const lockHere = async () => (await caches.open(DESK_CACHE)).put(LOCKED, new Response(""));
const instead = async (request, copy) => {
  const { pathname } = new URL(request.url);
  if (request.method === "POST" && pathname === LOCK) {
    await lockHere();
    return (await kept(FORM)) ?? Response.error();
  }
  if (copy && NEW_CONTACT.test(pathname)) return begun(copy);
  if (request.method !== "GET") return Response.error();
  return (await kept(pathname)) ?? (await kept(FORM)) ?? Response.error();
};
const page = async (request) => {
  const { pathname } = new URL(request.url);
  if (await isLocked()) return (await kept(FORM)) ?? fetch(request);
  const copy = request.method === "POST" && NEW_CONTACT.test(pathname) ? request.clone() : null;
  try {
    const response = await fetch(request);
    return [502, 504].includes(response.status) ? await instead(request, copy) : response;
  } catch {
    return instead(request, copy);
  }
};
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) {
    if (request.method === "GET") event.respondWith(file(request));
  } else if (request.mode === "navigate" && !NOT_OURS.test(url.pathname)) event.respondWith(page(request));
});
