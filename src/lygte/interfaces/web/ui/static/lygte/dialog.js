// Native dialogs. They do not block the page unless data-modal says so; Esc closes, focus goes back.
import { listKeys } from "./keys.js";

const openers = new WeakMap();

const open = (dialog, opener) => {
  if (dialog.open) return;
  const list = dialog.querySelector("[data-key-list]");
  if (list) listKeys(list);
  openers.set(dialog, document.activeElement === document.body ? opener : document.activeElement);
  if (dialog.hasAttribute("data-modal")) dialog.showModal();
  else dialog.show();
  (dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select") ?? dialog.querySelector("button, a"))?.focus();
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const menu = opener.closest("details[data-menu]");
    if (menu) menu.open = false;
    open(dialog, menu ? menu.querySelector("summary") : opener);
  }
  event.target.closest?.("[data-dialog-close]")?.closest("dialog")?.close();
});
document.addEventListener("keydown", (event) => {
  const dialog = event.key === "Escape" && !event.defaultPrevented && (event.target.closest?.("dialog[open]") ?? document.querySelector("dialog[open]:not(:modal)"));
  if (!dialog || dialog.matches(":modal")) return;
  event.preventDefault();
  dialog.close();
});
document.addEventListener("close", (event) => openers.get(event.target)?.focus?.(), true);
