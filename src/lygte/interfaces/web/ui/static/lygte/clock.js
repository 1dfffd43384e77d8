// Running clocks: <time data-since> counts up, <time data-until> counts down. The server's clock decides.
import { serverNow, word } from "./words.js";

const parts = (seconds) => ({ n: seconds < 60 ? seconds : Math.floor(seconds / 60), h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
const kind = (seconds) => (seconds < 60 ? "Seconds" : seconds < 3600 ? "Minutes" : "Hours");
const set = (node, text) => node && node.textContent !== text && (node.textContent = text);

const left = (seconds) => {
  const size = Math.abs(seconds);
  if (size === 0) return word("now");
  return word((seconds < 0 ? "over" : "in") + kind(size), parts(size));
};
const waited = (seconds, format) => {
  if (seconds >= 3600) return word("hours", parts(seconds));
  if (format === "words") return word("minutes", { n: Math.floor(seconds / 60) });
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
const spoken = (seconds) => {
  if (seconds < 60) return word("waitedUnderMinute");
  if (seconds < 120) return word("waitedMinute");
  return word(seconds < 3600 ? "waitedMinutes" : "waitedHours", parts(seconds));
};
const number = (text) => (text === undefined || text === "" ? NaN : Number(text));

const tick = (time) => {
  const { since, until, near, over, format } = time.dataset;
  const down = until !== undefined;
  const moment = Date.parse(down ? until : since);
  if (Number.isNaN(moment)) return;
  const difference = (down ? moment - serverNow() : serverNow() - moment) / 1000;
  const seconds = down ? Math.trunc(difference) : Math.max(0, Math.floor(difference));
  const isOver = down ? difference < 0 : seconds >= number(over);
  const isNear = down ? seconds <= number(near) : seconds >= number(near);
  const state = isOver ? "over" : isNear ? "near" : "calm";
  const box = time.closest("[data-clock]") ?? time;
  if (box.dataset.state !== state) box.dataset.state = state;
  set(time.querySelector("[data-clock-figure]") ?? time, down ? left(seconds) : waited(seconds, format));
  const stateWord = down || state === "calm" ? "" : word(state === "over" ? "stateOver" : "stateNear");
  set(time.querySelector("[data-clock-word]"), stateWord);
  const label = box.querySelector("[data-clock-label]");
  const minute = `${Math.floor(seconds / 60)}${state}`;
  if (label && label.dataset.minute !== minute) {
    label.dataset.minute = minute;
    set(label, down ? left(seconds) : [spoken(seconds), stateWord].filter(Boolean).join(", "));
  }
};

export const tickAll = () => document.querySelectorAll("time[data-since], time[data-until]").forEach(tick);

const run = () => {
  tickAll();
  setTimeout(run, 1000 - (serverNow() % 1000));
};
run();
