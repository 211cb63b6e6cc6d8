/** Time and randomness of the browser. */
import type { Clock } from "../features/ports.ts";
import type { Random } from "../sealing/keys.ts";

export const clock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

export const random: Random = (n) => crypto.getRandomValues(new Uint8Array(n));
