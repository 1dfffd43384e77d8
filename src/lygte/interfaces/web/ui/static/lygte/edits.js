// What is typed and not yet acknowledged, without any page around it. Only what an answer names counts as saved.
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
export const newId = () => crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);

export const edits = (client = newId(), seq = 0) => {
  const bases = new Map(); // name -> what the page knows to stand on the server: a value, or the token of one
  const pending = new Map(); // name -> value, not yet acknowledged
  const held = new Map(); // name -> "conflict" or "refused": kept, but not sent until somebody acts

  return {
    get client() { return client; },
    get seq() { return seq; },
    get size() { return pending.size; },
    has: (name) => pending.has(name),
    value: (name) => pending.get(name),
    base: (name) => bases.get(name) ?? null,
    knows: (name) => bases.has(name),
    know: (name, base) => bases.set(name, base),
    isRefused: (name) => held.get(name) === "refused",
    troubles: () => [...held].filter(([name]) => pending.has(name)).map(([, why]) => why),
    sendable: () => [...pending.keys()].filter((name) => !held.has(name)),
    unchanged: (name, value) => same(pending.has(name) ? pending.get(name) : bases.get(name), value),

    type(name, value) {
      pending.set(name, value);
      if (held.get(name) === "refused") held.delete(name);
    },
    /** A message of some fields. Every message has a new number, repeats too. */
    message(names) {
      seq += 1;
      return { client, seq, fields: Object.fromEntries(names.map((name) => [name, { value: pending.get(name), base: bases.get(name) ?? null }])) };
    },
    /** Take in an answer to a message; return which fields are in conflict, which are refused, and whether all were named. */
    acknowledge(fields, answer) {
      const found = { understood: true, saved: [], conflicts: {}, errors: {} };
      for (const [name, { value }] of Object.entries(fields)) {
        if (answer.errors?.[name]) {
          held.set(name, "refused");
          found.errors[name] = answer.errors[name];
        } else if (answer.conflicts?.[name]) {
          held.set(name, "conflict");
          found.conflicts[name] = answer.conflicts[name];
        } else if (answer.saved && name in answer.saved) {
          bases.set(name, answer.saved[name]);
          if (same(pending.get(name), value)) pending.delete(name);
          found.saved.push(name);
        } else found.understood = false;
      }
      return found;
    },
    /** Somebody chose between two values: `value` is what is to stand there; null keeps theirs. */
    decide(name, base, value) {
      bases.set(name, base);
      held.delete(name);
      if (value === undefined) pending.delete(name);
      else pending.set(name, value);
    },
    /** A number of its own for what is kept now: what is sent under one number never changes. */
    number() {
      seq += 1;
    },
    /** What is to be kept on this machine. */
    left: () => ({ client, seq, fields: Object.fromEntries([...pending].map(([name, value]) => [name, { value, base: bases.get(name) ?? null }])) }),
    /** Go on as the page that left this behind; one message more may have been sent while it closed. */
    adopt(left) {
      client = left.client || client;
      seq = (left.seq || 0) + 1;
    },
  };
};
