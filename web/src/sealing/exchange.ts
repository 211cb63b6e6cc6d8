/**
 * Hello and answer: how two sides agree on fresh traffic keys under a secret that they share. Pure
 * functions over bytes; which secrets are current, and what is stored when, is session.ts's.
 */
import { concat, fields, requireHead, SUITE, same, u8 } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { EMPTY, hash, hkdf, hmacOf } from "./kdf.ts";
import type { Random } from "./keys.ts";

export const HELLO_KIND = 4;
export const ANSWER_KIND = 5;
/** A hello's macs: the current secret and at most four pending ones. */
const SLOTS = 5;
const SLOT_BYTES = 8 + 32;
const HELLO_SIGNED = 2 + 1 + 32;
const HELLO_BYTES = HELLO_SIGNED + SLOTS * SLOT_BYTES;
const ANSWER_SIGNED = 2 + 1 + 32 + 32;
const ANSWER_BYTES = ANSWER_SIGNED + SLOT_BYTES;

export const HOST = 0;
export const GUEST = 1;
export type Side = typeof HOST | typeof GUEST;

export const peerOf = (side: Side): Side => (side === HOST ? GUEST : HOST);

function slot(root: Uint8Array, label: string, signed: Uint8Array): Uint8Array {
  const key = hkdf(root, EMPTY, "aparte/1 hello mac");
  return concat(hkdf(root, EMPTY, "aparte/1 tag", 8), hmacOf(key, fields(label, signed)));
}

/** Writes a hello under the current secret and the pending ones, newest first. */
export function makeHello(side: Side, roots: readonly Uint8Array[], random: Random): Uint8Array {
  const signed = concat(u8(SUITE), u8(HELLO_KIND), u8(side), random(32));
  const slots = roots.map((root) => slot(root, "aparte/1 hello", signed));
  while (slots.length < SLOTS) slots.push(random(SLOT_BYTES));
  return concat(signed, ...slots);
}

/**
 * The secret, of our current and pending ones, that is the first under which a hello holds.
 * Refuses with `bad_suite`, `bad_form`, `bad_mac`.
 */
export function readHello(
  frame: Uint8Array,
  sender: Side,
  roots: readonly Uint8Array[],
): Uint8Array {
  requireHead(frame, HELLO_KIND, HELLO_BYTES);
  require(frame[2] === sender, "bad_form");
  const signed = frame.subarray(0, HELLO_SIGNED);
  const ours = roots.map((root) => ({ root, slot: slot(root, "aparte/1 hello", signed) }));
  for (let at = HELLO_SIGNED; at < HELLO_BYTES; at += SLOT_BYTES) {
    const theirs = frame.subarray(at, at + SLOT_BYTES);
    const found = ours.find((own) => same(own.slot, theirs));
    if (found) return found.root;
  }
  throw new SealError("bad_mac");
}

/** Writes the answer to a hello, under the secret that it was found under. */
export function makeAnswer(
  side: Side,
  hello: Uint8Array,
  root: Uint8Array,
  random: Random,
): Uint8Array {
  const signed = concat(u8(SUITE), u8(ANSWER_KIND), u8(side), hash(hello), random(32));
  return concat(signed, slot(root, "aparte/1 answer", signed));
}

/**
 * The secret, of those that our newest hello offered, under which an answer holds. Refuses with
 * `bad_suite`, `bad_form`, `stale_exchange` (not an answer to this hello), `bad_mac`.
 */
export function readAnswer(
  frame: Uint8Array,
  sender: Side,
  hello: Uint8Array | undefined,
  roots: readonly Uint8Array[],
): Uint8Array {
  requireHead(frame, ANSWER_KIND, ANSWER_BYTES);
  require(frame[2] === sender, "bad_form");
  require(hello !== undefined && same(frame.subarray(3, 35), hash(hello)), "stale_exchange");
  const signed = frame.subarray(0, ANSWER_SIGNED);
  const theirs = frame.subarray(ANSWER_SIGNED);
  const found = roots.find((root) => same(slot(root, "aparte/1 answer", signed), theirs));
  require(found !== undefined, "bad_mac");
  return found;
}

/** What an exchange gives. */
export interface Exchange {
  /** 8 bytes. */
  readonly id: Uint8Array;
  /** R′, the next secret. */
  readonly ratchet: Uint8Array;
  /** K(side), for frames that this side sends. */
  readonly keys: readonly [host: Uint8Array, guest: Uint8Array];
}

/** Derives from hello and answer, or from accept and open. */
export function derive(root: Uint8Array, first: Uint8Array, second: Uint8Array): Exchange {
  const transcript = hash(fields("aparte/1 exchange", first, second));
  const key = (side: Side): Uint8Array =>
    hkdf(root, transcript, fields("aparte/1 traffic", u8(side)));
  const ratchet = hkdf(root, transcript, "aparte/1 ratchet");
  return { id: transcript.slice(0, 8), ratchet, keys: [key(HOST), key(GUEST)] };
}
