/** Time and randomness of the browser. */
import type { Clock } from "../features/ports.ts";
import type { Digest } from "../sealing/kdf.ts";
import type { Random } from "../sealing/keys.ts";

export const clock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

export const random: Random = (n) => crypto.getRandomValues(new Uint8Array(n));

/** SHA-256 as the browser has it. */
export const digest: Digest = async (data) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", data as Uint8Array<ArrayBuffer>));
