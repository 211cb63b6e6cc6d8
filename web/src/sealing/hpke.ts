/**
 * HPKE (RFC 9180) in base mode for one message, over X-Wing: what wraps the key of a letter.
 *
 * Suite: KEM X-Wing 0x647a, KDF HKDF-SHA256 0x0001, AEAD ChaCha20-Poly1305 0x0003; the aad is
 * empty. No auth mode: libraries are there that ignore the sender's key with X-Wing.
 */
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, u8, utf8 } from "./encoding.ts";
import { CHACHA, EMPTY } from "./kdf.ts";
import type { Random } from "./keys.ts";
import { decapsulate, type Encapsulate, encapsulate } from "./xwing.ts";

const SUITE_ID = concat(utf8("HPKE"), Uint8Array.of(0x64, 0x7a, 0, 1, 0, 3));
const VERSION = utf8("HPKE-v1");
const MODE_BASE = u8(0);
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

export interface Wrapped {
  /** 1120 bytes. */
  readonly enc: Uint8Array;
  /** 16 bytes longer than what was wrapped. */
  readonly sealed: Uint8Array;
}

/** LabeledExtract (section 4). */
const labeledExtract = (salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array =>
  extract(sha256, concat(VERSION, SUITE_ID, utf8(label), ikm), salt);

/** LabeledExpand (section 4). */
const labeledExpand = (
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array => {
  const counted = concat(Uint8Array.of(length >> 8, length & 0xff), VERSION, SUITE_ID);
  return expand(sha256, prk, concat(counted, utf8(label), info), length);
};

/** Key and first nonce (section 5.1), with neither a pre-shared key nor its id. */
function schedule(shared: Uint8Array, info: Uint8Array) {
  const pskIdHash = labeledExtract(EMPTY, "psk_id_hash", EMPTY);
  const infoHash = labeledExtract(EMPTY, "info_hash", info);
  const context = concat(MODE_BASE, pskIdHash, infoHash);
  const secret = labeledExtract(shared, "secret", EMPTY);
  return {
    key: labeledExpand(secret, "key", context, KEY_BYTES),
    nonce: labeledExpand(secret, "base_nonce", context, NONCE_BYTES),
  };
}

/** SealBase. Refuses with `bad_key`. */
export function sealBase(
  publicKey: Uint8Array,
  info: Uint8Array,
  plain: Uint8Array,
  random: Random,
  kem: Encapsulate = encapsulate,
): Wrapped {
  const { enc, secret } = kem(publicKey, random);
  const { key, nonce } = schedule(secret, info);
  return { enc, sealed: CHACHA.seal(key, nonce, EMPTY, plain) };
}

/** OpenBase. Refuses with `cannot_open`. */
export function openBase(seed: Uint8Array, info: Uint8Array, { enc, sealed }: Wrapped): Uint8Array {
  const { key, nonce } = schedule(decapsulate(seed, enc), info);
  return CHACHA.open(key, nonce, EMPTY, sealed);
}
