// Two people wrote in the same field: both texts are shown, nobody is overwritten.
import { clockTime, fill } from "./words.js";

const place = (form, name) => document.querySelector(`[data-conflict-for="${CSS.escape(name)}"]`) ?? form.elements[name]?.closest?.(".field, .choice, .stage") ?? form; // A field that this page does not show still asks.

const inWords = (form, name, value) => {
  const words = [value].flat().filter((one) => one !== null && one !== "").map((one) => {
    const input = [...form.elements].find((element) => element.name === name && element.value === one && element.matches("[type=radio], [type=checkbox]"));
    return input?.closest("label")?.querySelector(".opt-text")?.textContent ?? input?.labels?.[0]?.textContent.trim() ?? one;
  });
  return words.join(", ") || "–";
};

export const clearConflict = (form, name) => place(form, name)?.querySelector(".conflict, .error[data-autosave-error]")?.remove();

/** Show both texts; `decide` gets "mine", "theirs" or "both". */
export const showConflict = ({ form, name, mine, conflict, isText, decide }) => {
  const where = place(form, name);
  const template = document.getElementById("ui-conflict");
  if (!where || !template) return;
  clearConflict(form, name);
  const box = template.content.firstElementChild.cloneNode(true);
  const lead = box.querySelector("[data-conflict-lead]");
  const at = new Date(conflict.at);
  lead.textContent = fill(lead.dataset.text, { by: conflict.by, at: Number.isNaN(at.getTime()) ? conflict.at : clockTime(at) });
  box.querySelector("[data-conflict-theirs]").textContent = inWords(form, name, conflict.theirs);
  box.querySelector("[data-conflict-mine]").textContent = inWords(form, name, mine);
  for (const button of box.querySelectorAll("[data-conflict-keep]")) {
    if (button.dataset.conflictKeep === "both" && !isText) button.remove();
    button.addEventListener("click", () => {
      box.remove();
      decide(button.dataset.conflictKeep);
    });
  }
  where.append(box);
};

export const showError = (form, name, text) => {
  const where = place(form, name);
  if (!where) return;
  clearConflict(form, name);
  const line = document.createElement("p");
  line.className = "error";
  line.dataset.autosaveError = "";
  line.textContent = text;
  where.append(line);
};
