// Sealing for the drawer. A key for text lives while its page is open; with the public half of a pair anybody can seal,
// and only the private half, which the server gives to the signed-in owner, opens again.
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""));
const encoded = (value) => new TextEncoder().encode(value);

export const canSeal = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);
export const textKey = (key64) =>
  key64 && canSeal() ? crypto.subtle.importKey("raw", bytes(key64), "AES-GCM", false, ["encrypt", "decrypt"]).catch(() => null) : Promise.resolve(null);

export const seal = async (key, id, value) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoded(id) }, key, encoded(JSON.stringify(value)));
  return { iv: text(iv), sealed: text(sealed) };
};
export const open = async (key, { id, iv, sealed }) => {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv), additionalData: encoded(id) }, key, bytes(sealed));
  return JSON.parse(new TextDecoder().decode(plain));
};

const shared = async (privateKey, publicKey, use) => {
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoded("lygte drawer") }, material, { name: "AES-GCM", length: 256 }, false, use);
};
const publicKey = (raw64) => crypto.subtle.importKey("raw", bytes(raw64), CURVE, false, []);

/** A key of this page's own for a drawer, and what its owner needs to find the same key: `{key, half}`. */
export const sealerFor = async (public64) => {
  const own = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const half = text(await crypto.subtle.exportKey("raw", own.publicKey));
  return { key: await shared(own.privateKey, await publicKey(public64), ["encrypt", "decrypt"]), half };
};
/** Open what was sealed for a drawer, with its private half (base64 of PKCS 8). */
export const openerOf = async (private64) => {
  const own = await crypto.subtle.importKey("pkcs8", bytes(private64), CURVE, false, ["deriveBits"]);
  return async (record) => open(await shared(own, await publicKey(record.half), ["decrypt"]), record);
};
