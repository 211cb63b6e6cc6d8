/**
 * Offer and answer: how two guests of one roster come to share a secret (Pairs). The larger key
 * offers. What follows is an ordinary session whose side 0 is who answered.
 */
import { concat, fields, readU64, requireHead, SUITE, same, u8, u64 } from "./encoding.ts";
import { require } from "./errors.ts";
import { hash, hkdf } from "./kdf.ts";
import { type Random, SIGNATURE_BYTES, type Signer, sign, verify } from "./keys.ts";
import { type Roster, requireMember } from "./roster.ts";
import {
  decapsulate,
  ENCAPSULATION_BYTES,
  type Encapsulate,
  encapsulate,
  kemPublic,
  PUBLIC_BYTES,
  requirePublic,
} from "./xwing.ts";

export const PAIR_OFFER_KIND = 7;
export const PAIR_ANSWER_KIND = 8;
const OFFER_SIGNED = 2 + 8 + PUBLIC_BYTES;
const ANSWER_SIGNED = 2 + 32 + ENCAPSULATION_BYTES;

const OFFER = "aparte/1 pair offer";
const ANSWER = "aparte/1 pair answer";

/** Two guests of one roster, as one of them sees them. */
export interface Pair {
  readonly roster: Pick<Roster, "room" | "members">;
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

/** An offer that was sent, or is about to be sent again; erased when it was answered. */
export interface PairOffer {
  readonly offer: Uint8Array;
  /** The ephemeral key's X-Wing seed. */
  readonly ephemeral: Uint8Array;
}

/** `root` is R₀ of the session with who offered. */
export interface PairAnswer {
  readonly answer: Uint8Array;
  readonly root: Uint8Array;
}

/** Whether the offer is ours to make: the larger key offers. */
export function offers({ own, peer }: Pick<Pair, "own" | "peer">): boolean {
  const at = own.findIndex((byte, index) => byte !== peer[index]);
  return (own[at] ?? 0) > (peer[at] ?? 0);
}

/** Writes an offer (1,290 bytes). */
export async function makePairOffer(
  { roster, own, peer }: Pair,
  guest: Signer,
  counter: number,
  random: Random,
): Promise<PairOffer> {
  const ephemeral = random(32);
  const key = kemPublic(ephemeral);
  const signature = await sign(guest, OFFER, roster.room, own, peer, u64(counter), key);
  const head = concat(u8(SUITE), u8(PAIR_OFFER_KIND), u64(counter));
  return { offer: concat(head, key, signature), ephemeral };
}

/**
 * Checks an offer of the peer; gives its counter. `last` is the highest one taken of that key.
 * Refuses with `bad_suite`, `bad_form` (also where the offer was ours to make), `wrong_guest`,
 * `bad_signature`, `bad_key`, `replayed`.
 */
export function readPairOffer(offer: Uint8Array, pair: Pair, last: number): number {
  requireHead(offer, PAIR_OFFER_KIND, OFFER_SIGNED + SIGNATURE_BYTES);
  require(!offers(pair), "bad_form");
  const { roster, own, peer } = pair;
  requireMember(roster, peer);
  const [raw, key] = [offer.slice(2, 10), offer.slice(10, OFFER_SIGNED)];
  verify(peer, offer.slice(OFFER_SIGNED), OFFER, roster.room, peer, own, raw, key);
  requirePublic(key);
  const counter = Number(readU64(raw, 0));
  require(counter <= Number.MAX_SAFE_INTEGER, "bad_form", "a counter beyond 2^53");
  require(counter > last, "replayed");
  return counter;
}

const rootOf = (
  secret: Uint8Array,
  room: Uint8Array,
  offer: Uint8Array,
  answer: Uint8Array,
): Uint8Array => hkdf(secret, hash(fields(offer, answer)), fields("aparte/1 pair session", room));

/** Writes the answer (1,218 bytes) to an offer that was checked. */
export async function makePairAnswer(
  offer: Uint8Array,
  { roster: { room }, own, peer }: Pair,
  guest: Signer,
  random: Random,
  kem: Encapsulate = encapsulate,
): Promise<PairAnswer> {
  const { enc, secret } = kem(offer.slice(10, OFFER_SIGNED), random);
  const digest = hash(offer);
  const signature = await sign(guest, ANSWER, room, own, peer, digest, enc);
  const answer = concat(u8(SUITE), u8(PAIR_ANSWER_KIND), digest, enc, signature);
  return { answer, root: rootOf(secret, room, offer, answer) };
}

/**
 * Checks the answer to our newest offer; gives R₀. Refuses with `bad_suite`, `bad_form`,
 * `wrong_guest`, `stale_exchange` (to another offer), `bad_signature`, `cannot_open`.
 */
export function readPairAnswer(
  answer: Uint8Array,
  { roster, own, peer }: Pair,
  mine: PairOffer | null,
): Uint8Array {
  requireHead(answer, PAIR_ANSWER_KIND, ANSWER_SIGNED + SIGNATURE_BYTES);
  requireMember(roster, peer);
  const [digest, enc] = [answer.slice(2, 34), answer.slice(34, ANSWER_SIGNED)];
  require(mine !== null && same(digest, hash(mine.offer)), "stale_exchange");
  verify(peer, answer.slice(ANSWER_SIGNED), ANSWER, roster.room, peer, own, digest, enc);
  return rootOf(decapsulate(mine.ephemeral, enc), roster.room, mine.offer, answer);
}
