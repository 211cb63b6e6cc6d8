/** Where the marks lie that a practice keeps of a study (Marks of a practice). */
import { EMPTY, hkdf } from "./kdf.ts";

/** All that follows from the 32 bytes of their record. */
export interface MarksPlace {
  /** The id of the blob: 16 bytes. */
  readonly place: Uint8Array;
  /** The seed of what reads it. */
  readonly readSeed: Uint8Array;
  /** The X-Wing seed of what opens it. */
  readonly key: Uint8Array;
}

export function marksPlaceOf(secret: Uint8Array): MarksPlace {
  const derived = (what: string, length = 32): Uint8Array =>
    hkdf(secret, EMPTY, `aparte/1 practice marks ${what}`, length);
  return { place: derived("place", 16), readSeed: derived("read"), key: derived("key") };
}
