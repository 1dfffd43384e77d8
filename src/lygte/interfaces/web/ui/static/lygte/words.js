// Words come from attributes in the page; here they are only filled in.
export const fill = (text, values) => (text || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const house = () => document.getElementById("ui-words")?.dataset ?? {};
export const word = (name, values = {}) => fill(house()[name], values);

const meta = document.querySelector('meta[name="server-now"]');
const offset = meta ? Date.parse(meta.content) - (performance.timeOrigin + performance.now()) : 0;
/** Milliseconds of the server's clock, whatever this machine's clock says. */
export const serverNow = () => Date.now() + (Number.isFinite(offset) ? offset : 0);

export const ago = (milliseconds) => {
  const n = Math.max(1, Math.floor(milliseconds / 1000));
  if (n < 60) return n === 1 ? word("agoSecond") : word("agoSeconds", { n });
  const minutes = Math.floor(n / 60);
  return minutes === 1 ? word("agoMinute") : word("agoMinutes", { n: minutes });
};

export const clockTime = (moment) => {
  const two = (n) => String(n).padStart(2, "0");
  return `${two(moment.getHours())}.${two(moment.getMinutes())}`;
};

let pending = 0;
/** Say something once to a screen reader, politely and without moving focus. */
export const announce = (text) => {
  const region = document.getElementById("ui-announce");
  if (!region || !text) return;
  region.textContent = "";
  clearTimeout(pending);
  pending = setTimeout(() => (region.textContent = text), 80);
};

export const isTyping = (element) =>
  !!element?.matches?.(
    'textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=reset], [type=range])',
  );

export const csrfToken = (root = document) =>
  (root.querySelector("input[name=csrfmiddlewaretoken]") ?? document.querySelector("input[name=csrfmiddlewaretoken]"))?.value ?? "";

/** Choices that belong to this device, in a cookie so that the server can draw the page right at once. */
export const remember = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};
export const remembered = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];
