// Initials only, kept on this device. The server reads the cookie too, so that no name flashes by.
import { remember, remembered } from "./words.js";

const COOKIE = "lygte_privacy";
const root = document.documentElement;

const show = (on) => {
  if (on) root.dataset.privacy = "on";
  else delete root.dataset.privacy;
  document.querySelectorAll("[data-privacy-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(on)));
};
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-privacy-toggle]")) return;
  const on = root.dataset.privacy !== "on";
  remember(COOKIE, on ? "on" : "off");
  show(on);
});
const read = () => show(remembered(COOKIE) === "on");
addEventListener("pageshow", read);
document.addEventListener("visibilitychange", () => document.hidden || read());
read();
