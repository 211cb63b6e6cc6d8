/** How long and how often: everything about the lock that somebody may want to change. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Without input, and without a call, for so long, the screen is covered. */
export const IDLE_MS = 10 * MINUTE;
/** Who has unlocked within so long signs without being asked again. */
export const CONFIRM_MS = 5 * MINUTE;
/** Characters of a passphrase: what guesses from a taken device are made against. */
export const SHORTEST = 15;
/** Different ones among them, so that a key held down is none. */
export const DISTINCT = 6;
const FREE_TRIES = 3;
const LONGEST_PAUSE_MS = 5 * MINUTE;

/** After so many wrong ones in a row. It slows who stands at the device; who copies it is slowed by Argon2id. */
export const pauseAfter = (tries: number): number =>
  tries < FREE_TRIES ? 0 : Math.min(LONGEST_PAUSE_MS, SECOND * 2 ** (tries - FREE_TRIES + 1));

export type Weakness = "short" | "simple";

export function weaknessOf(passphrase: string): Weakness | null {
  const characters = [...passphrase.normalize("NFKC").trim()];
  if (characters.length < SHORTEST) return "short";
  return new Set(characters).size < DISTINCT ? "simple" : null;
}
