/** A statement as it travels: signed by its author, once or twice (Documents, Second signature). */
import type { Card } from "./card.ts";
import { b64u, concat, fields, SUITE, same, u8 } from "./encoding.ts";
import { require } from "./errors.ts";
import { hash } from "./kdf.ts";
import { type Signer, sign } from "./keys.ts";
import type { SecondDevice } from "./second.ts";
import { PAYLOAD_BYTES, readObject, type SignedObject, signObject, TWICE } from "./signed.ts";

/** What stands behind the object of a device that signs twice: certificate and signature. */
const SECOND_BYTES = 2 * 1952 + 2 * 3309;
const LABEL = "aparte/1 statement";

/** Who signs: a device with its certificate (137 bytes), once or twice; a guest without. */
export interface StatementSigner {
  readonly signer: Signer;
  readonly certificate?: Uint8Array | undefined;
  readonly second?: SecondDevice | undefined;
}

/** A checked statement. */
export interface Authored extends SignedObject {
  /** Base64url of the hash of the identity's second key, of a device that signs twice; else empty. */
  readonly second: string;
}

/** Refuses with `too_long`. */
export async function signStatement(
  payload: Uint8Array,
  { signer, certificate, second }: StatementSigner,
): Promise<Uint8Array> {
  if (!certificate || !second) return await signObject("statement", payload, signer, certificate);
  const { keysOf, secondKey } = await import("./second.ts");
  const who = concat(certificate, ...keysOf(second.certificate).map(hash));
  require(payload.length <= PAYLOAD_BYTES, "too_long");
  const kind = u8(TWICE);
  const signature = await sign(signer, LABEL, kind, who, payload);
  const first = concat(u8(SUITE), kind, fields(who, payload), signature);
  const behind = secondKey(second.seed).sign(LABEL, kind, who, payload);
  return concat(first, second.certificate, behind);
}

/** The signed object, without a second signature that stands behind it. */
export const objectOf = (statement: Uint8Array): Uint8Array =>
  statement[1] === TWICE ? statement.slice(0, -SECOND_BYTES) : statement;

/** By which envelopes, receipts and tickets name it: of the signed object alone. */
export const statementHash = (statement: Uint8Array): Uint8Array => hash(objectOf(statement));

/**
 * Refuses with `bad_signature` a statement without the second signature that the card names, one by
 * another second key, and one with a second signature where the card names none.
 */
export const requireSecond = (card: Pick<Card, "second">, signed: Authored): void =>
  require(signed.second === card.second, "bad_signature");

/**
 * Checks a statement's signature, or both of them. Whether its author makes two is for the card to
 * say: see `requireSecond`. Refuses as `readObject` does.
 */
export async function readAuthored(raw: Uint8Array): Promise<Authored> {
  const first = objectOf(raw);
  const signed = readObject("statement", first);
  const { certificate, signer, payload } = signed;
  if (!certificate || signer.length === certificate.raw.length) return { ...signed, second: "" };
  const { readSecond } = await import("./second.ts");
  const behind = raw.slice(first.length);
  const keys = readSecond(behind, certificate.raw, LABEL, u8(TWICE), signer, payload);
  const named = same(concat(...keys.map(hash)), signer.slice(-64));
  require(named, "bad_signature", "other second keys than those that are named");
  return { ...signed, second: b64u(signer.slice(-32)) };
}
