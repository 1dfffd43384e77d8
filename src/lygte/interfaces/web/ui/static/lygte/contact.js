// The contact page: what stands alone empties the rest of its group, and a plain post knows that everything is saved.
import "./autosave.js";

const ALONE = new Set(["not_stated", "none"]);

document.addEventListener("change", (event) => {
  const box = event.target;
  const group = box.closest?.("fieldset[data-multiple]");
  if (!group || !box.checked) return;
  const alone = ALONE.has(box.value);
  for (const other of group.querySelectorAll("input:checked")) {
    if (other !== box && (alone || ALONE.has(other.value))) other.checked = false;
  }
}, { capture: true });

// What to do now comes into sight where the level was chosen; so does whatever has focus, which does not move.
const severe = document.querySelector("[data-effect=severe]");
if (severe) {
  new MutationObserver(() => {
    if (!severe.firstElementChild) return;
    severe.scrollIntoView({ block: "nearest" });
    const focused = document.activeElement?.closest(".opt, .field, .stage");
    focused?.scrollIntoView({ block: "nearest" });
  }).observe(severe, { childList: true });
}

for (const input of document.querySelectorAll("[data-autosaved]")) input.value = "1";
