/** The lock of a practitioner's device: one master, sealed for who can open it, and what rests under it (Lock). */
import { concat, fields, readU32, requireHead, SUITE, u8, u32 } from "./encoding.ts";
import { require } from "./errors.ts";
import { CHACHA, EMPTY, hkdf, ZERO_NONCE } from "./kdf.ts";
import type { Random } from "./keys.ts";

const LOCK_KIND = 14;
const RESTING_KIND = 15;
const WAYS = { passphrase: 1, passkey: 2 } as const;
const SALT_BYTES = 32;
const WAY = 3;
const FIXED = WAY + SALT_BYTES;
const SEALED_BYTES = 32 + 16;
const LONGEST_ID = 1_023;

/** Of Argon2id: KiB of memory, and passes over it. Anything less is refused. */
export const FLOOR = { memory: 65_536, passes: 3 } as const;
/** More than this would only keep a page busy. */
const CEILING = { memory: 1_048_576, passes: 16 } as const;

/** How a passphrase is made into a secret. */
export interface Stretching {
  readonly salt: Uint8Array;
  readonly memory: number;
  readonly passes: number;
}

/** What opens a lock: a passphrase that is stretched so, or the passkey with this id. */
export type Way =
  | ({ readonly way: "passphrase" } & Stretching)
  | { readonly way: "passkey"; readonly salt: Uint8Array; readonly id: Uint8Array };

/** The master (32 bytes) sealed under a secret of 32 bytes that the way gives. */
export function sealLock(way: Way, secret: Uint8Array, master: Uint8Array): Uint8Array {
  const more = way.way === "passphrase" ? concat(u32(way.memory), u32(way.passes)) : way.id;
  const head = concat(u8(SUITE), u8(LOCK_KIND), u8(WAYS[way.way]), way.salt, more);
  readLock(concat(head, new Uint8Array(SEALED_BYTES)));
  return concat(head, CHACHA.seal(keyOf(way, secret), ZERO_NONCE, head, master));
}

/** What is to be asked for. Refuses with `bad_suite`, `bad_form` (also what costs too little). */
export function readLock(raw: Uint8Array): Way {
  requireHead(raw, LOCK_KIND);
  const more = raw.slice(FIXED, -SEALED_BYTES);
  require(raw.length > FIXED + SEALED_BYTES, "bad_form", "a lock that is too short");
  const salt = raw.slice(WAY, FIXED);
  const way = raw[2];
  if (way === WAYS.passkey) {
    require(more.length <= LONGEST_ID, "bad_form", "an id that is too long");
    return { way: "passkey", salt, id: more };
  }
  require(way === WAYS.passphrase && more.length === 8, "bad_form", "an unknown way");
  const [memory, passes] = [readU32(more, 0), readU32(more, 4)];
  require(memory >= FLOOR.memory && passes >= FLOOR.passes, "bad_form", "costs too little");
  require(memory <= CEILING.memory && passes <= CEILING.passes, "bad_form", "costs too much");
  return { way: "passphrase", salt, memory, passes };
}

/** The master. Refuses as `readLock` does, and with `cannot_open` for another secret. */
export function openLock(raw: Uint8Array, secret: Uint8Array): Uint8Array {
  const key = keyOf(readLock(raw), secret);
  const head = raw.slice(0, -SEALED_BYTES);
  return CHACHA.open(key, ZERO_NONCE, head, raw.slice(-SEALED_BYTES));
}

const keyOf = ({ way, salt }: Way, secret: Uint8Array): Uint8Array =>
  hkdf(secret, salt, fields("aparte/1 lock", u8(WAYS[way])));

/** One thing that a device keeps, as it rests under the master. */
export function sealResting(
  master: Uint8Array,
  scope: string,
  name: string,
  secret: Uint8Array,
  random: Random,
): Uint8Array {
  const salt = random(SALT_BYTES);
  const key = restingKey(master, salt, scope, name);
  const head = concat(u8(SUITE), u8(RESTING_KIND), salt);
  return concat(head, CHACHA.seal(key, ZERO_NONCE, EMPTY, secret));
}

/** Refuses with `bad_suite`, `bad_form`, and `cannot_open` for what rests elsewhere or under another master. */
export function openResting(
  master: Uint8Array,
  scope: string,
  name: string,
  raw: Uint8Array,
): Uint8Array {
  requireHead(raw, RESTING_KIND);
  const end = 2 + SALT_BYTES;
  require(raw.length >= end + 16, "bad_form", "shorter than its seal");
  const key = restingKey(master, raw.slice(2, end), scope, name);
  return CHACHA.open(key, ZERO_NONCE, EMPTY, raw.slice(end));
}

const restingKey = (
  master: Uint8Array,
  salt: Uint8Array,
  scope: string,
  name: string,
): Uint8Array => hkdf(master, salt, fields("aparte/1 resting", scope, name));
