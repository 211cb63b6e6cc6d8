/** Runs the cases of lock.json. */
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { openLock, openResting, readLock, sealLock, sealResting } from "../../src/sealing/lock.ts";
import { stretch } from "../../src/sealing/stretch.ts";
import type { Case } from "./case.ts";

const bytes = (text: string): Uint8Array => fromB64u(text);

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} differs`);
}

function runResting(one: Case): unknown {
  const [master, raw] = [bytes(one.master), bytes(one.resting)];
  const found = openResting(master, one.scope, one.at, raw);
  const again = sealResting(master, one.scope, one.at, found, () => bytes(one.salt));
  expect(same(again, raw), "what rests");
  return { secret: b64u(found) };
}

/** What a case gives. Refuses with a SealError as the readers do. */
export async function runLock(one: Case): Promise<unknown> {
  if (one.resting) return runResting(one);
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
