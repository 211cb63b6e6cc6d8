/** Runs the cases of lock.json. */
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { openKept, openLock, readLock, sealKept, sealLock } from "../../src/sealing/lock.ts";
import { stretch } from "../../src/sealing/stretch.ts";

// biome-ignore lint/suspicious/noExplicitAny: read as it comes, like every case.
type Case = any;

const bytes = (text: string): Uint8Array => fromB64u(text);

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} differs`);
}

function runKept(one: Case): unknown {
  const [master, raw] = [bytes(one.master), bytes(one.kept)];
  const found = openKept(master, one.scope, one.at, raw);
  const again = sealKept(master, one.scope, one.at, found, () => bytes(one.salt));
  expect(same(again, raw), "what is kept");
  return { secret: b64u(found) };
}

/** What a case gives. Refuses with a SealError as the readers do. */
export async function runLock(one: Case): Promise<unknown> {
  if (one.kept) return runKept(one);
  const raw = bytes(one.lock);
  const way = readLock(raw);
  const typed = way.way === "passphrase" && one.passphrase;
  const secret = typed ? await stretch(one.passphrase, way) : bytes(one.secret);
  const master = openLock(raw, secret);
  expect(same(sealLock(way, secret, master), raw), "the lock");
  const said = { way: way.way, master: b64u(master) };
  if (way.way === "passkey") return { ...said, id: b64u(way.id) };
  return { ...said, memory: way.memory, passes: way.passes };
}
