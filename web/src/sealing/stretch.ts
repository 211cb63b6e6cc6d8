/** Makes a secret out of a passphrase: slowly, so that guessing is slow (Lock). */
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { utf8 } from "./encoding.ts";
import type { Stretching } from "./lock.ts";

/** The page lives on meanwhile: it is given a turn about every ten milliseconds. */
export const stretch = (
  passphrase: string,
  { salt, memory, passes }: Stretching,
): Promise<Uint8Array> =>
  argon2idAsync(utf8(passphrase.normalize("NFKC")), salt, {
    t: passes,
    m: memory,
    p: 1,
    dkLen: 32,
  });
