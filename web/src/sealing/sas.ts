/** The short authentication string: the same twelve digits on both screens. */
import { concat, readU64 } from "./encoding.ts";
import { hkdf } from "./kdf.ts";

/** As in `4821 0937 5512`, from r_g, r_h and the transcript A (32 bytes each). */
export function authenticationString(
  guestRandom: Uint8Array,
  hostRandom: Uint8Array,
  transcript: Uint8Array,
): string {
  const ikm = concat(guestRandom, hostRandom);
  const bits = readU64(hkdf(ikm, transcript, "aparte/1 authentication string", 8), 0);
  const digits = (bits % 10n ** 12n).toString().padStart(12, "0");
  return [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8)].join(" ");
}
