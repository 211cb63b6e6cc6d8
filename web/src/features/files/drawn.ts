/** What a sending draws: all of it from its seed, so that what is done again is the same thing. */
import { EMPTY, hkdf } from "../../sealing/kdf.ts";
import { drawCode } from "../../sealing/sealed-link.ts";
import type { Begun } from "./jobs.ts";

type Seeded = Pick<Begun, "seed">;

export const derived = (seed: Uint8Array, what: string, length = 32): Uint8Array =>
  hkdf(seed, EMPTY, `aparte/1 sending ${what}`, length);

/** S of a link, and the code of its words; the first is 1. */
export const linkOf = ({ seed }: Seeded, number: number) => ({
  secret: derived(seed, `link ${number}`),
  code: drawCode((length) => derived(seed, `code ${number}`, length)),
});

/** The seed of what owns all of it. */
export const ownerOf = ({ seed }: Seeded): Uint8Array => derived(seed, "owner");
