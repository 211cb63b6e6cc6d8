/** Runs the cases of practice_moved.json. */
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { readPracticeMoved, signPracticeMoved } from "../../src/sealing/practice-moved.ts";
import type { Case } from "./case.ts";

/** What a case gives. Refuses with a SealError as the reader does. */
export async function runMoved(one: Case): Promise<unknown> {
  const [reader, said] = [fromB64u(one.reader), fromB64u(one.said)];
  const { address, certificate } = readPracticeMoved(said, reader);
  if (one.device_seed) {
    const by = { device: seedSigner(fromB64u(one.device_seed)), certificate: certificate.raw };
    const again = await signPracticeMoved(reader, address, by);
    if (!same(again, said)) throw new Error("what was said differs");
  }
  return {
    mailbox: b64u(address.mailbox),
    append: b64u(address.append),
    seal: b64u(address.seal),
    since: address.since,
    device: b64u(certificate.device),
    identity: b64u(certificate.identity),
  };
}
