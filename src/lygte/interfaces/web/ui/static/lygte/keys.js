// Shortcuts that stand in the page: data-key on what they press. Silent while somebody types.
import { isTyping, remember, remembered } from "./words.js";

const COOKIE = "lygte_keys";
const root = document.documentElement;
const enabled = () => root.dataset.keys !== "off";
const visible = (element) => !element.disabled && (element.checkVisibility?.() ?? element.getClientRects().length > 0);

const combination = (event) => {
  const key = event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
};
const inMenu = (element) => element.closest("details[data-menu]:not([open])");
const find = (pressed) =>
  [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === pressed && (visible(element) || inMenu(element)) && !element.disabled);

const press = (element) => {
  if (element.matches("textarea, select") || isTyping(element)) {
    element.focus();
    element.select?.();
  } else element.click();
};

// ----- number keys in groups of choices -----
const groups = () => [...document.querySelectorAll("[data-choice-keys]")].filter(visible);
const answered = (group) => group.querySelector("input:checked") !== null;
const activeGroup = () => document.activeElement?.closest?.("[data-choice-keys]") ?? (isIdle() ? groups().find((group) => !answered(group)) : undefined);
const isIdle = () => !document.activeElement || document.activeElement === document.body || document.activeElement.id === "main";

const mark = () => {
  const active = activeGroup();
  document.querySelectorAll("[data-choice-keys][data-active]").forEach((group) => group !== active && delete group.dataset.active);
  if (active && enabled()) active.dataset.active = "";
};
const moveOn = (group) => {
  const named = group.dataset.choiceNext && document.getElementById(group.dataset.choiceNext);
  const all = groups();
  const next = named || all[all.indexOf(group) + 1];
  const target = next?.matches("[data-choice-keys]") ? (next.querySelector("input:checked") ?? next.querySelector("input:not(:disabled)")) : next;
  target?.focus();
};
const choose = (group, key) => {
  const input = group.querySelector(`input[data-choice-key="${CSS.escape(key)}"]:not(:disabled)`);
  if (!input) return false;
  input.focus();
  input.click();
  if (!group.hasAttribute("data-multiple")) moveOn(group);
  return true;
};
const empty = (group) => {
  const chosen = [...group.querySelectorAll("input:checked")];
  chosen.forEach((input) => (input.checked = false));
  chosen[0]?.dispatchEvent(new Event("change", { bubbles: true }));
};
const inGroup = (event) => {
  const group = activeGroup();
  if (!group) return false;
  if (/^[0-9]$/.test(event.key)) return choose(group, event.key);
  if (!group.contains(document.activeElement)) return false;
  if (event.key === "Delete" || event.key === "Backspace") return empty(group), true;
  if (event.key === "Enter" && event.target.matches("input")) return moveOn(group), true;
  return false;
};

// ----- leaving things -----
const leave = (event) => {
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return true;
  }
  if (event.target.closest?.("dialog[open]")) return false;
  if (isTyping(event.target)) return event.target.blur(), true;
  return false;
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.getModifierState?.("AltGraph")) return;
  if (event.key === "Escape") {
    if (leave(event)) event.preventDefault();
    return;
  }
  const pressed = combination(event);
  const single = !pressed.startsWith("ctrl+");
  if (single && (isTyping(event.target) || !enabled())) return;
  if (single && inGroup(event)) return event.preventDefault();
  if (single && event.repeat) return;
  const element = find(pressed);
  if (!element) return;
  event.preventDefault();
  press(element);
});
document.addEventListener("focusin", mark);
document.addEventListener("focusout", () => setTimeout(mark));
document.addEventListener("change", () => setTimeout(mark));
document.addEventListener("click", (event) => {
  const menu = document.querySelector("details[data-menu][open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  const toggle = event.target.closest?.("[data-toggle-keys]");
  if (toggle) setEnabled(!enabled());
});

const setEnabled = (on) => {
  if (on) delete root.dataset.keys;
  else root.dataset.keys = "off";
  remember(COOKIE, on ? "on" : "off");
  document.querySelectorAll("[data-toggle-keys]").forEach((toggle) => toggle.setAttribute("aria-pressed", String(on)));
  mark();
};
if (remembered(COOKIE) === "off") root.dataset.keys = "off";

// ----- the list of shortcuts, made from the page itself -----
const label = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, [aria-hidden=true]").forEach((node) => node.remove());
  const named = element.getAttribute("aria-label") || copy.textContent || document.querySelector(`label[for="${CSS.escape(element.id)}"]`)?.textContent;
  return (named ?? "").replace(/\s+/g, " ").trim();
};
export const listKeys = (list) => {
  list.replaceChildren();
  document.querySelectorAll("[data-key]").forEach((element) => {
    if (!visible(element) && !inMenu(element)) return;
    const term = document.createElement("dt");
    element.dataset.key.split("+").forEach((part) => {
      const key = document.createElement("kbd");
      key.className = "key key-combination";
      key.textContent = part.length > 1 ? part[0].toUpperCase() + part.slice(1) : part.toUpperCase();
      term.append(key, " ");
    });
    const text = document.createElement("dd");
    text.textContent = label(element);
    list.append(term, text);
  });
};
mark();
