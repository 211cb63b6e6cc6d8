/** A vault whose content rests under a master. */
import { openResting, sealResting } from "../../sealing/lock.ts";
import type { Kept, Random } from "../ports.ts";

/** What is kept of `scope` in `rest`; the master (32 bytes) is asked for each time. */
export function resting(
  rest: Kept,
  scope: string,
  master: () => Promise<Uint8Array>,
  random: Random,
): Kept {
  return {
    async load(name) {
      const raw = await rest.load(name);
      return raw && openResting(await master(), scope, name, raw);
    },
    save: async (name, secret, quick) =>
      rest.save(name, sealResting(await master(), scope, name, secret, random), quick),
    erase: (name) => rest.erase(name),
    names: () => rest.names(),
  };
}
