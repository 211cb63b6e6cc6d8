/** Signed objects: exact bytes that travel with who signed them (Documents). */
import { type Certificate, readCertificate } from "./certificate.ts";
import { allFields, concat, fields, SUITE, u8 } from "./encoding.ts";
import { require } from "./errors.ts";
import { hash } from "./kdf.ts";
import { requireKey, SIGNATURE_BYTES, type Signer, sign, verify } from "./keys.ts";

export const PAYLOAD_BYTES = 32 * 1024;
const DEVICE = 0;
const GUEST = 1;
const IDENTITY = 2;
const REGISTRAR = 3;
/** A device that signs twice: its second signature stands behind the object (authored.ts). */
export const TWICE = 4;
/** What such a signer ends with: the hashes of the device's second key and the identity's. */
const NAMED_BYTES = 2 * 32;

/** Who may sign what: the last is the kind of a signer without a certificate. */
const KINDS = {
  statement: [TWICE, DEVICE, GUEST],
  envelope: [DEVICE, GUEST],
  roster: [DEVICE, GUEST],
  card: [IDENTITY],
  attestation: [REGISTRAR],
  "vault moved": [DEVICE],
  "practice moved": [DEVICE],
  dispensed: [DEVICE, GUEST],
  permit: [DEVICE],
} as const;

/** What the object is: its label, so that one kind of object never passes for another. */
export type Purpose = keyof typeof KINDS;

const kindsOf = (purpose: Purpose): readonly number[] => KINDS[purpose];

const labelOf = (purpose: Purpose): string => `aparte/1 ${purpose}`;

/** A checked object. */
export interface SignedObject {
  readonly payload: Uint8Array;
  /** Of the whole object. */
  readonly hash: Uint8Array;
  /** Who is behind the signature: of a device its identity key, else the key that signed. */
  readonly author: Uint8Array;
  /** The key that signed. */
  readonly key: Uint8Array;
  /** Of a practitioner's device; undefined for every other signer. */
  readonly certificate: Certificate | undefined;
  /** What stands for whoever signed. */
  readonly signer: Uint8Array;
}

/**
 * Signs `payload`: as a device where its certificate (137 bytes) is given, otherwise as who signs
 * such objects (a guest, an identity key, a registrar). Refuses with `too_long`.
 */
export async function signObject(
  purpose: Purpose,
  payload: Uint8Array,
  signer: Signer,
  certificate?: Uint8Array,
): Promise<Uint8Array> {
  require(payload.length <= PAYLOAD_BYTES, "too_long");
  const kind = u8(certificate ? DEVICE : (kindsOf(purpose).at(-1) ?? GUEST));
  const who = certificate ?? signer.publicKey;
  const signature = await sign(signer, labelOf(purpose), kind, who, payload);
  return concat(u8(SUITE), kind, fields(who, payload), signature);
}

/**
 * Checks form, signer and signature. Refuses with `bad_suite`, `bad_form`, `bad_key`,
 * `bad_signature`, `too_long`.
 */
export function readObject(purpose: Purpose, raw: Uint8Array): SignedObject {
  require(raw.length > 0, "bad_form");
  require(raw[0] === SUITE, "bad_suite");
  require(raw.length > 2 + SIGNATURE_BYTES, "bad_form");
  const kind = raw.slice(1, 2);
  const signature = raw.slice(-SIGNATURE_BYTES);
  const [who, payload, ...more] = allFields(raw.subarray(2, -SIGNATURE_BYTES));
  require(who !== undefined && payload !== undefined && more.length === 0, "bad_form");
  require(payload.length <= PAYLOAD_BYTES, "too_long");
  require(kindsOf(purpose).includes(kind[0] ?? -1), "bad_form");
  const named = kind[0] === TWICE ? NAMED_BYTES : 0;
  const certificate =
    named || kind[0] === DEVICE ? readCertificate(who.slice(0, who.length - named)) : undefined;
  if (!certificate) requireKey(who);
  const key = certificate?.device ?? who;
  verify(key, signature, labelOf(purpose), kind, who, payload);
  const author = certificate?.identity ?? key;
  return { payload, hash: hash(raw), author, key, certificate, signer: who };
}
