/** The card of whose device this browser is, where they dispense: put together, and fetched late. */
import { isOfDesk } from "./features/desk/device.ts";
import { createOwnCard } from "./features/dispensing/own-card.ts";
import { createLock } from "./features/lock/lock.ts";
import type { Vaults } from "./features/ports.ts";
import { activity } from "./platform/activity.ts";
import { address } from "./platform/address.ts";
import { clock, random } from "./platform/basics.ts";
import { http } from "./platform/http.ts";
import { passkeys } from "./platform/passkeys.ts";
import { keyFromSeed, signerOf } from "./platform/signers.ts";
import { surroundings } from "./platform/surroundings.ts";
import { stretch } from "./sealing/stretch.ts";

/** `vaults`: where the desk of this browser keeps its own, under its lock. */
export function ownCard(vaults: Vaults) {
  const lock = createLock({
    vaults,
    random,
    clock,
    surroundings,
    passkeys,
    activity,
    stretch,
    ours: isOfDesk,
    signer: async (seed) => signerOf(await keyFromSeed(seed)),
  });
  return createOwnCard({ http, clock, random, origin: address.origin, lock });
}
