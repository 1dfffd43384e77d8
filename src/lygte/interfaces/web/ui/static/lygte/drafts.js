// Unsaved text waits on this machine too, encrypted with a key that only its owner's session brings.
import * as store from "./store.js";
import { open, seal, textKey } from "./seal.js";

const PREFIX = "draft:";

/** The drawer of one record: `put`, `clear`, and `take` of what an earlier page left. Without key or crypto it keeps nothing. */
export const drawer = ({ record, key64, tag, url }) => {
  const key = textKey(key64);
  const page = location.pathname;
  let order = 0;
  let id = null;

  /** From here on this page keeps what it has under this name, and no other page takes it. */
  const own = (client) => {
    id = `${PREFIX}${record}:${client}`;
    return store.claim(id);
  };
  const put = async (value) => {
    const mine = ++order;
    const usable = await key;
    if (!usable || !id) return;
    const kept = await seal(usable, id, { ...value, url, page });
    if (mine !== order) return; // Something newer was put, or the drawer was emptied, meanwhile.
    await store.put({ id, kind: "draft", tag, stamp: kept.iv, ...kept }).catch(() => {}); // A full store: the server's copy is the main one.
  };
  const clear = async () => {
    order += 1;
    if (id && (await key)) await store.remove(id).catch(() => {});
  };
  /** A text that no open page holds and whose fields `fits`; it is this page's own from now on. What another user left stays closed. */
  const take = async (fits = () => true) => {
    const usable = await key;
    if (!usable) return null;
    for (const kept of await store.startingWith(`${PREFIX}${record}:`)) {
      const value = await open(usable, kept).catch(() => null);
      if (value?.fields && fits(value.fields) && (await store.claim(kept.id))) return value;
    }
    return null;
  };
  return { own, put, clear, take };
};
