/** Makes a key out of a passphrase, or of a few words: slowly, so that guessing is slow. */
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { utf8 } from "./encoding.ts";
import type { Stretching } from "./lock.ts";

/** Of a passphrase that was typed (Lock). */
export const stretch = (passphrase: string, how: Stretching): Promise<Uint8Array> =>
  stretchBytes(utf8(passphrase.normalize("NFKC")), how);

/** Argon2id, 32 bytes. The page lives on meanwhile: it is given a turn about every ten milliseconds. */
export const stretchBytes = (
  secret: Uint8Array,
  { salt, memory, passes }: Stretching,
): Promise<Uint8Array> => argon2idAsync(secret, salt, { t: passes, m: memory, p: 1, dkLen: 32 });
