/** What a practitioner's device makes its second signatures with. The code of ML-DSA comes late. */

import type { Card } from "../../sealing/card.ts";
import { b64u } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Random } from "../../sealing/keys.ts";
import type { SecondDevice } from "../../sealing/second.ts";

interface Root {
  readonly root: Uint8Array;
}

/** For the device with that first certificate; `seed` is drawn for it. */
export async function certified(
  root: Root,
  certificate: Uint8Array,
  seed: Uint8Array,
): Promise<SecondDevice> {
  const { certifySecond, secondIdentityOf } = await import("../../sealing/second.ts");
  return certifySecond(secondIdentityOf(root), certificate, seed);
}

/** By which a card names the identity's second key. */
export async function nameOf({ certificate }: SecondDevice): Promise<string> {
  const { keysOf } = await import("../../sealing/second.ts");
  return b64u(hash(keysOf(certificate)[1]));
}

/**
 * For one more device of whoever has that card; undefined where they make no second signature. Refuses
 * with `bad_key` where the card names another key than the root's.
 */
export async function certifiedAs(
  card: Card,
  root: Root,
  certificate: Uint8Array,
  random: Random,
): Promise<SecondDevice | undefined> {
  if (!card.second) return undefined;
  const second = await certified(root, certificate, random(32));
  require((await nameOf(second)) === card.second, "bad_key", "the card names another second key");
  return second;
}
