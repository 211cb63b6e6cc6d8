/**
 * age v1 files (C2SP age) with exactly one recipient of the one type `mlkem768x25519`.
 *
 * Trap: age lets post-quantum and X25519 recipients mix in one file, which is then as weak as its
 * weakest stanza: only one stanza is written and read here.
 * Trap: whoever holds the file key can rewrite chunks; what makes a plaintext the author's is the
 * tree hash that the author signed (parts.ts).
 *
 * Large: import it late. The library draws its own randomness.
 */
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter, type Identity, type Stanza } from "age-encryption";
import { same, utf8 } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { requirePublic, SEED_BYTES } from "./xwing.ts";

const STANZA = "mlkem768x25519";
const IDENTITY = "age-secret-key-pq-";
const BEGINS = utf8("age-encryption.org/v1\n");
/** Unpadded base64 of an encapsulation, 1120 bytes. */
const SHARE = /^[A-Za-z0-9+/]{1494}$/;

/** `AGE-SECRET-KEY-PQ-1…`: what the plain `age` tool opens a part with. */
export function ageIdentity(seed: Uint8Array): string {
  require(seed.length === SEED_BYTES, "bad_key");
  return bech32.encode(IDENTITY, bech32.toWords(seed), false).toUpperCase();
}

/**
 * The seed of an identity, as a person copies it: its prefix may be missing, spaces and capitals count
 * nothing. Refuses with `bad_key` what is incomplete or mistyped.
 */
export function readCode(typed: string): Uint8Array {
  const text = typed.replace(/\s/g, "").toLowerCase();
  const rest = text.startsWith(`${IDENTITY}1`) ? text.slice(IDENTITY.length + 1) : text;
  try {
    const { prefix, bytes } = bech32.decodeToBytes(`${IDENTITY}1${rest}`);
    require(prefix === IDENTITY && bytes.length === SEED_BYTES, "bad_key");
    return bytes;
  } catch {
    throw new SealError("bad_key", "a code that is mistyped");
  }
}

/** Whether some bytes begin as an age file does. */
export const isAgeFile = (file: Uint8Array): boolean =>
  same(file.subarray(0, BEGINS.length), BEGINS);

/** `age1pq1…` of an X-Wing public key (1216 bytes). */
export function ageRecipient(publicKey: Uint8Array): string {
  requirePublic(publicKey);
  return bech32.encode("age1pq", bech32.toWords(publicKey), false);
}

/** Seals for the one holder of the key. Refuses with `bad_key`. */
export async function sealFile(plain: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(ageRecipient(publicKey));
  try {
    return await encrypter.encrypt(plain);
  } catch {
    throw new SealError("bad_key");
  }
}

/** Asked before the identity that opens: throws unless the header has the one form. */
class OneStanza implements Identity {
  passed = false;

  unwrapFileKey(stanzas: Stanza[]): null {
    const [stanza] = stanzas;
    const one = stanzas.length === 1 && stanza?.args[0] === STANZA;
    require(one && stanza !== undefined, "mixed_recipients");
    const [, share = "", ...more] = stanza.args;
    const formed = SHARE.test(share) && more.length === 0 && stanza.body.length === 32;
    require(formed, "bad_form", "a stanza of another form");
    this.passed = true;
    return null;
  }
}

/** The whole plaintext, or nothing. Refuses with `bad_form`, `mixed_recipients`, `cannot_open`. */
export async function openFile(file: Uint8Array, seed: Uint8Array): Promise<Uint8Array> {
  const header = new OneStanza();
  const decrypter = new Decrypter();
  decrypter.addIdentity(header);
  decrypter.addIdentity(ageIdentity(seed));
  try {
    return await decrypter.decrypt(file);
  } catch (error) {
    if (error instanceof SealError) throw error;
    throw new SealError(header.passed ? "cannot_open" : "bad_form");
  }
}
