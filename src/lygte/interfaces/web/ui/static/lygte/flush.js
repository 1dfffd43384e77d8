// Whoever keeps unsaved text registers here; whoever is about to leave the page asks here first.
const keepers = new Set();
export const keep = (keeper) => keepers.add(keeper);

/** Resolves to true when everything is saved, false when something is still only on this machine. */
export const flush = async (timeout = 4000) => {
  const late = new Promise((resolve) => setTimeout(resolve, timeout, false));
  const all = Promise.all([...keepers].map((keeper) => keeper.flush()));
  return Promise.race([all.then((results) => results.every(Boolean)), late]);
};
export const isDirty = () => [...keepers].some((keeper) => keeper.dirty());

const released = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (released.delete(form) || !isDirty() || !form.matches("[data-flush-first], [data-autosave-url]")) return;
  event.preventDefault();
  if (!(await flush())) return;
  released.add(form);
  form.requestSubmit(event.submitter ?? undefined);
});
