// The drawer of this machine: sealed records only, written through to the disk before they count as kept.
const NAME = "lygte";
const SEALED = "sealed";

let opened = null;
const database = () =>
  (opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(SEALED, { keyPath: "id" });
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  }).catch((problem) => {
    opened = null;
    throw problem;
  }));

const transaction = async (mode, work) => {
  const base = await database();
  return new Promise((resolve, reject) => {
    const running = base.transaction(SEALED, mode, { durability: "strict" });
    const answer = work(running.objectStore(SEALED));
    running.oncomplete = () => resolve(answer?.result);
    running.onabort = running.onerror = () => reject(running.error);
  });
};
export const put = (record) => transaction("readwrite", (sealed) => sealed.put(record));
export const get = (id) => transaction("readonly", (sealed) => sealed.get(id));
export const all = () => transaction("readonly", (sealed) => sealed.getAll()).catch(() => []);
export const startingWith = (prefix) => transaction("readonly", (sealed) => sealed.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`))).catch(() => []);
export const remove = (id) => transaction("readwrite", (sealed) => sealed.delete(id));
/** Remove a record, unless it was written again since it was read. */
export const removeIfSame = (record) =>
  transaction("readwrite", (sealed) => {
    const asked = sealed.get(record.id);
    asked.onsuccess = () => asked.result?.stamp === record.stamp && sealed.delete(record.id);
    return asked;
  });

/** Hold something by its name while `work` runs, in one tab only; `work` is not called where another tab holds it. */
export const alone = (name, work) =>
  navigator.locks ? navigator.locks.request(`lygte:${name}`, { ifAvailable: true }, (lock) => (lock ? work() : undefined)) : work();
/** Hold something until it is let go, or the page ends. Resolves to the function that lets go, or to false where another tab has it. */
export const claim = (name) =>
  new Promise((resolve) => {
    if (!navigator.locks) return resolve(() => {});
    navigator.locks.request(`lygte:${name}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(false);
      return new Promise((letGo) => resolve(letGo));
    });
  });
