/**
 * What a practitioner states of themselves, and what a registrar has checked of it (Practitioners).
 * A card is signed by the identity key, an attestation by a key that no server has.
 */
import * as v from "valibot";
import { b64u, jsonBytes, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, positive, readForm, time, wholeTextOf } from "./forms.ts";
import type { Signer } from "./keys.ts";
import { readObject, signObject } from "./signed.ts";
import { requireVersion } from "./version.ts";

const CARD_BYTES = 2048;

const text = wholeTextOf(120);
const name = v.pipe(text, v.minLength(1));
const distinct = <T>(items: T[]): boolean => new Set(items).size === items.length;

const CARD = v.object({
  v: v.literal(1),
  version: positive,
  issued: time,
  name,
  profession: text,
  speciality: text,
  rpps: v.pipe(v.string(), v.regex(/^(?:[0-9]{11})?$/)),
  address: wholeTextOf(240),
  place: text,
  languages: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[a-z]{2,3}$/))),
    v.maxLength(8),
    v.check(distinct),
  ),
  listed: v.boolean(),
  second: v.pipe(v.string(), v.regex(/^([\w-]{42}[AEIMQUYcgkosw048])?$/)),
});

const ATTESTATION = v.object({
  v: v.literal(1),
  card: bytesOf(32),
  issued: time,
  registrar: name,
  checked: v.pipe(
    v.array(v.picklist(["identity", "register", "diploma", "presence"])),
    v.minLength(1),
    v.check(distinct),
  ),
});

/**
 * `version` goes up with every card of an identity; `listed`: to be found in the directory; `second`:
 * base64url of the hash of the identity's second key, where each statement has a second signature.
 */
export type Card = Omit<v.InferOutput<typeof CARD>, "v">;
/** `card` is the hash of the signed object that was checked, `registrar` who says so. */
export type Attestation = Omit<v.InferOutput<typeof ATTESTATION>, "v">;

/** A checked card: who signed it, and the hash of the whole object. */
export interface SignedCard {
  readonly card: Card;
  readonly identity: Uint8Array;
  readonly hash: Uint8Array;
}

/** Refuses with `too_long`, `bad_suite`, `bad_form`. */
function readCardPayload(payload: Uint8Array): Card {
  require(payload.length <= CARD_BYTES, "too_long");
  requireVersion(payload);
  const { v: _version, ...card } = readForm(CARD, payload, "bad_form");
  return card;
}

/** Refuses with `bad_suite`, `bad_form`. */
function readAttestationPayload(payload: Uint8Array): Attestation {
  requireVersion(payload);
  const { v: _version, ...attestation } = readForm(ATTESTATION, payload, "bad_form");
  return attestation;
}

/** The practitioner's signed object. Refuses with `bad_form`, `too_long`. */
export async function signCard(card: Card, identity: Signer): Promise<Uint8Array> {
  const payload = jsonBytes({
    v: 1,
    version: card.version,
    issued: card.issued,
    name: card.name,
    profession: card.profession,
    speciality: card.speciality,
    rpps: card.rpps,
    address: card.address,
    place: card.place,
    languages: card.languages,
    listed: card.listed,
    second: card.second,
  });
  readCardPayload(payload);
  return await signObject("card", payload, identity);
}

/**
 * Checks a card; whose it should be is the caller's to compare. Refuses with what `readObject`
 * does, `too_long`, `bad_suite`, `bad_form`.
 */
export function readCard(raw: Uint8Array): SignedCard {
  const { payload, author, hash } = readObject("card", raw);
  return { card: readCardPayload(payload), identity: author, hash };
}

/** The registrar's signed object. Refuses with `bad_form`. */
export async function signAttestation(
  { card, issued, registrar, checked }: Attestation,
  key: Signer,
): Promise<Uint8Array> {
  const payload = jsonBytes({ v: 1, card: b64u(card), issued, registrar, checked });
  readAttestationPayload(payload);
  return await signObject("attestation", payload, key);
}

/**
 * Checks what the holder of the key `registrar` says of the card with that hash. Refuses with what
 * `readObject` does, `wrong_registrar` (another signer), `bad_suite`, `bad_form`,
 * `wrong_statement` (another card).
 */
export function readAttestation(
  raw: Uint8Array,
  registrar: Uint8Array,
  cardHash: Uint8Array,
): Attestation {
  const { payload, author } = readObject("attestation", raw);
  require(same(author, registrar), "wrong_registrar");
  const attestation = readAttestationPayload(payload);
  require(same(attestation.card, cardHash), "wrong_statement");
  return attestation;
}
