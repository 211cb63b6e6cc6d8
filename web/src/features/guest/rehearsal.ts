/** Runs the code that an accept needs once before it comes: the first run of it is the slow one. */
import type { GuestIntro } from "../../sealing/handshake.ts";
import { type Random, type Signer, sign, verify } from "../../sealing/keys.ts";
import { decapsulate, encapsulate, kemPublic } from "../../sealing/xwing.ts";

const LABEL = "rehearsal";
/** Engines compile what runs often. */
const TIMES = 8;

export async function rehearse(intro: GuestIntro, signer: Signer, random: Random): Promise<void> {
  const publicKey = kemPublic(intro.ephemeral);
  for (let time = 0; time < TIMES; time += 1) {
    decapsulate(intro.ephemeral, encapsulate(publicKey, random).enc);
    verify(signer.publicKey, await sign(signer, LABEL), LABEL);
  }
}
