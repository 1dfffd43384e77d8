// Unsaved text waits on this machine too, encrypted with a key that lives in the server's session.
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""));
const PREFIX = "draft:";

/** A drawer for one record: `put` and `take` of a plain object. Without key or crypto it keeps nothing. */
export const drawer = (record, key64) => {
  const id = PREFIX + record;
  const key = key64 && globalThis.crypto?.subtle
    ? crypto.subtle.importKey("raw", bytes(key64), "AES-GCM", false, ["encrypt", "decrypt"]).catch(() => null)
    : Promise.resolve(null);
  let order = 0;

  const put = async (value) => {
    const mine = ++order;
    const usable = await key;
    if (!usable) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) }, usable, plain);
    if (mine !== order) return; // Something newer was put, or the drawer was emptied, meanwhile.
    try {
      localStorage.setItem(id, `${text(iv)}.${text(sealed)}`);
    } catch {
      // A full or forbidden store: the server copy is still the main one.
    }
  };
  const clear = () => {
    order += 1;
    try {
      localStorage.removeItem(id);
    } catch {
      // Nothing was stored either.
    }
  };
  const take = async () => {
    const usable = await key;
    let stored = null;
    try {
      stored = localStorage.getItem(id);
    } catch {
      return null;
    }
    if (!stored || !usable) return null;
    try {
      const [iv, sealed] = stored.split(".");
      const additionalData = new TextEncoder().encode(id);
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv), additionalData }, usable, bytes(sealed));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      clear(); // Sealed with a key that is gone: nobody can read it any more.
      return null;
    }
  };
  return { put, take, clear };
};
