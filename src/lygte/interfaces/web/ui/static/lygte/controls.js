// Reading and writing the controls of a form by name: text, one of several, or a list.
import { isTyping } from "./words.js";

export const controls = (form, name) => [...form.elements].filter((element) => element.name === name);
export const counts = (element) => element.name && element.name !== "csrfmiddlewaretoken" && element.matches("input:not([type=submit], [type=button], [type=hidden], [type=file]), textarea, select") && !element.closest("[data-no-autosave]");
const isMultiple = (elements) => elements[0].type === "checkbox" && (elements.length > 1 || elements[0].closest("[data-multiple]") !== null);

export const read = (form, name) => {
  const elements = controls(form, name);
  if (!elements.length) return null;
  if (isMultiple(elements)) return elements.filter((element) => element.checked).map((element) => element.value);
  if (elements[0].matches("[type=radio], [type=checkbox]")) return elements.find((element) => element.checked)?.value ?? null;
  return elements[0].value;
};
// What the page came with: whoever was quicker than this script has typed over it.
export const cameWith = (form, name) => {
  const elements = controls(form, name);
  if (isMultiple(elements)) return elements.filter((element) => element.defaultChecked).map((element) => element.value);
  if (elements[0].matches("[type=radio], [type=checkbox]")) return elements.find((element) => element.defaultChecked)?.value ?? null;
  return elements[0].matches("textarea, [type=text], [type=tel]") ? elements[0].defaultValue : elements[0].value;
};
export const write = (form, name, value) => {
  const elements = controls(form, name);
  const chosen = [value].flat();
  for (const element of elements) {
    if (element.matches("[type=radio], [type=checkbox]")) element.checked = chosen.includes(element.value);
    else element.value = value ?? "";
  }
};
export const isText = (form, name) => isTyping(controls(form, name)[0]) && !controls(form, name)[0].matches("select");
export const names = (form) => [...new Set([...form.elements].filter(counts).map((element) => element.name))];
