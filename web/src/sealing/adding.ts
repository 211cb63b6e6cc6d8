/** A device more, between two screens of one person (Adding a device). */
import * as v from "valibot";
import { type Certificate, readCertificate } from "./certificate.ts";
import {
  b64u,
  concat,
  fields,
  fromB64u,
  jsonBytes,
  padded,
  readU64,
  requireHead,
  SUITE,
  same,
  takeFields,
  text,
  u8,
  u32,
  utf8,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { b64uOf, bytesOf, readForm } from "./forms.ts";
import { CHACHA, EMPTY, hash, hkdf, ZERO_NONCE } from "./kdf.ts";
import {
  KEY_BYTES,
  type Random,
  requireKey,
  SIGNATURE_BYTES,
  type Signer,
  seedSigner,
  sign,
  verify,
} from "./keys.ts";
import { openLetter, sealLetter } from "./letter.ts";
import { requireVersion } from "./statement.ts";
import { type Encapsulate, encapsulate, PUBLIC_BYTES } from "./xwing.ts";

const REQUEST_KIND = 12;
const REPLY_KIND = 13;
const LABEL_UNITS = 40;
const RANDOM_BYTES = 32;
const REPLY_BYTES = 2 + 2 * RANDOM_BYTES + SIGNATURE_BYTES;
const VERSION = "add=1";
const START = 2 + RANDOM_BYTES;
const BODY_BYTES = 1_536;
const REQUEST_BYTES = START + BODY_BYTES + 16;
const SIGNED = KEY_BYTES + PUBLIC_BYTES;
const NAMED = SIGNED + SIGNATURE_BYTES;
const REQUEST = "aparte/1 add request";

/** What the QR holds: S, and the public key of who shows it, 32 bytes each. */
export interface AddingLink {
  readonly secret: Uint8Array;
  readonly adder: Uint8Array;
}

/** Where a mailbox of the two leads. */
export const Direction = { ASKING: 0, ANSWERING: 1 } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

const derived = ({ secret }: AddingLink, what: string, direction: Direction, length = 32) =>
  hkdf(secret, EMPTY, fields(`aparte/1 add ${what}`, u8(direction)), length);

/** The id of a mailbox: 16 bytes. */
export const addingPlace = (link: AddingLink, direction: Direction): Uint8Array =>
  derived(link, "place", direction, 16);

/** What reads a mailbox. */
export const addingOwner = (link: AddingLink, direction: Direction): Signer =>
  seedSigner(derived(link, "owner", direction));

/** The seed of what writes to a mailbox. */
export const addingAppend = (link: AddingLink, direction: Direction): Uint8Array =>
  derived(link, "append", direction);

/** What stands behind the `#`. */
export const addingFragment = ({ secret, adder }: AddingLink): string =>
  [VERSION, b64u(secret), b64u(adder)].join(".");

/** Reads a fragment, without or with its `#`. Refuses with `bad_link`, `bad_key` for the adder's. */
export function parseAdding(fragment: string): AddingLink {
  const [version, secret = "", adder = "", ...more] = fragment.replace(/^#/, "").split(".");
  require(version === VERSION && more.length === 0, "bad_link");
  const link = {
    secret: fromB64u(secret, KEY_BYTES, "bad_link"),
    adder: fromB64u(adder, KEY_BYTES, "bad_link"),
  };
  requireKey(link.adder);
  return link;
}

/** `device`: Ed25519, `seal`: X-Wing public key; `label` is what its owner calls the device. */
export interface Request {
  readonly device: Uint8Array;
  readonly seal: Uint8Array;
  readonly label: string;
  readonly raw: Uint8Array;
}

/** What the new device asks with. Draws 32 bytes. Refuses with `too_long`. */
export async function makeRequest(
  link: AddingLink,
  device: Signer,
  seal: Uint8Array,
  label: string,
  random: Random,
): Promise<Request> {
  require(label.length <= LABEL_UNITS, "too_long", "a device's name");
  const [chance, named] = [random(RANDOM_BYTES), utf8(label)];
  const { secret, adder } = link;
  const signature = await sign(device, REQUEST, secret, adder, chance, seal, named);
  const filled = concat(device.publicKey, seal, signature, u32(named.length), named);
  const start = concat(u8(SUITE), u8(REQUEST_KIND), chance);
  const body = padded(filled, [BODY_BYTES]);
  const raw = concat(start, CHACHA.seal(requestKey(link, chance), ZERO_NONCE, start, body));
  return { device: device.publicKey, seal, label, raw };
}

/** Drawn for each request: several are made with one S. */
const requestKey = ({ secret }: AddingLink, chance: Uint8Array): Uint8Array =>
  hkdf(secret, chance, REQUEST);

/** Refuses with `bad_suite`, `bad_form`, `cannot_open` for another S, `bad_key`, `bad_signature`. */
export function readRequest(link: AddingLink, raw: Uint8Array): Request {
  requireHead(raw, REQUEST_KIND, REQUEST_BYTES);
  const [start, chance] = [raw.slice(0, START), raw.slice(2, START)];
  const body = CHACHA.open(requestKey(link, chance), ZERO_NONCE, start, raw.slice(START));
  const [device, seal] = [body.slice(0, KEY_BYTES), body.slice(KEY_BYTES, SIGNED)];
  const [named] = takeFields(body.subarray(NAMED), [null]);
  const label = text(named);
  require(label.length <= LABEL_UNITS, "bad_form", "a name is too long");
  const signature = body.subarray(SIGNED, NAMED);
  verify(device, signature, REQUEST, link.secret, link.adder, chance, seal, named);
  return { device, seal, label, raw: raw.slice() };
}

/** The answer to the one request of a link; `chance` is drawn once for the link, 32 bytes. */
export async function makeReply(
  adder: Signer,
  request: Request,
  chance: Uint8Array,
): Promise<Uint8Array> {
  const signed = concat(u8(SUITE), u8(REPLY_KIND), hash(request.raw), chance);
  return concat(signed, await sign(adder, "aparte/1 add reply", signed));
}

/**
 * The code to show. Refuses with `bad_suite`, `bad_form`, `bad_signature`, or `wrong_recipient` for
 * an answer to somebody else's request.
 */
export function readReply(link: AddingLink, request: Request, raw: Uint8Array): string {
  requireHead(raw, REPLY_KIND, REPLY_BYTES);
  const end = REPLY_BYTES - SIGNATURE_BYTES;
  const signed = raw.subarray(0, end);
  verify(link.adder, raw.subarray(end), "aparte/1 add reply", signed);
  require(same(raw.subarray(2, 2 + RANDOM_BYTES), hash(request.raw)), "wrong_recipient");
  return codeOf(link, request, raw.slice(2 + RANDOM_BYTES, end));
}

/** Six digits, which both screens know and the person carries from one to the other. */
export function codeOf({ secret }: AddingLink, { raw }: Request, chance: Uint8Array): string {
  const drawn = hkdf(concat(secret, chance), hash(raw), "aparte/1 add code", 8);
  return `${readU64(drawn, 0) % 1_000_000n}`.padStart(6, "0");
}

const certificate = v.pipe(
  b64uOf(),
  v.transform((raw) => fromB64u(raw)),
);
const FORM = v.variant("t", [
  v.object({ v: v.literal(1), t: v.literal("person"), vault: bytesOf(32) }),
  v.object({
    v: v.literal(1),
    t: v.literal("practitioner"),
    identity: bytesOf(32),
    certificate,
    secret: bytesOf(32),
    vault: bytesOf(32),
  }),
]);

/** `secret` is what the ring holds for the new device; keys are 32 bytes. */
export interface PractitionerGrant {
  readonly t: "practitioner";
  readonly certificate: Certificate;
  readonly secret: Uint8Array;
  readonly vault: Uint8Array;
}

/** What the new device gets: a person's is the vault's key alone. */
export type Grant = PractitionerGrant | { readonly t: "person"; readonly vault: Uint8Array };

function writeGrant(grant: Grant): Uint8Array {
  const vault = b64u(grant.vault);
  if (grant.t === "person") return jsonBytes({ v: 1, t: grant.t, vault });
  const identity = b64u(grant.certificate.identity);
  const certified = b64u(grant.certificate.raw);
  const secret = b64u(grant.secret);
  return jsonBytes({ v: 1, t: grant.t, identity, certificate: certified, secret, vault });
}

const contextOf = (request: Request): Uint8Array => fields("add", hash(request.raw));

/** What is sent once the person has typed the code. Draws as `sealLetter`. Refuses with `bad_key`. */
export async function makeGrant(
  adder: Signer,
  request: Request,
  grant: Grant,
  random: Random,
  kem: Encapsulate = encapsulate,
): Promise<Uint8Array> {
  const content = writeGrant(grant);
  const signature = await sign(adder, "aparte/1 add grant", hash(request.raw), content);
  const message = concat(signature, content);
  return sealLetter([request.seal], contextOf(request), message, random, kem);
}

/**
 * `seed`: X-Wing, of the request's key. Refuses as `openLetter` does, and with `bad_signature`,
 * `bad_form`, `wrong_recipient`, `wrong_host`.
 */
export function readGrant(
  link: AddingLink,
  request: Request,
  seed: Uint8Array,
  raw: Uint8Array,
): Grant {
  const message = openLetter(seed, contextOf(request), raw);
  const content = message.slice(SIGNATURE_BYTES);
  const signature = message.subarray(0, SIGNATURE_BYTES);
  verify(link.adder, signature, "aparte/1 add grant", hash(request.raw), content);
  requireVersion(content);
  const found = readForm(FORM, content, "bad_form");
  if (found.t === "person") return { t: found.t, vault: found.vault };
  const certified = readCertificate(found.certificate);
  require(same(certified.device, request.device), "wrong_recipient");
  require(same(certified.identity, found.identity), "wrong_host");
  return { t: found.t, certificate: certified, secret: found.secret, vault: found.vault };
}
