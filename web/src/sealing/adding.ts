/** What passes between two screens with a code (Adding a device, Helpers). */
import {
  b64u,
  concat,
  fields,
  fromB64u,
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
import { require, SealError } from "./errors.ts";
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
import { PUBLIC_BYTES } from "./xwing.ts";

const REQUEST_KIND = 12;
const REPLY_KIND = 13;
const LABEL_UNITS = 40;
const RANDOM_BYTES = 32;
const REPLY_BYTES = 2 + 2 * RANDOM_BYTES + SIGNATURE_BYTES;
const START = 2 + RANDOM_BYTES;
const BODY_BYTES = 1_536;
const REQUEST_BYTES = START + BODY_BYTES + 16;
const SIGNED = KEY_BYTES + PUBLIC_BYTES;
const NAMED = SIGNED + SIGNATURE_BYTES;

/** What a link is for: a device more, asking for help, or getting back what a helper has. */
export type Use = "add" | "help" | "back";
const USES: Readonly<Record<string, Use>> = { "add=1": "add", "help=1": "help", "back=1": "back" };

/** Of what is signed or derived. */
export const labelOf = (use: Use, what: string): string => `aparte/1 ${use} ${what}`;

/** What the QR holds: S, and the public key of who shows it, 32 bytes each. */
export interface AddingLink {
  readonly use: Use;
  readonly secret: Uint8Array;
  readonly adder: Uint8Array;
}

/** Where a mailbox of the two leads. */
export const Direction = { ASKING: 0, ANSWERING: 1 } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

const derived = ({ use, secret }: AddingLink, what: string, direction: Direction, length = 32) =>
  hkdf(secret, EMPTY, fields(labelOf(use, what), u8(direction)), length);

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
export const addingFragment = ({ use, secret, adder }: AddingLink): string =>
  [`${use}=1`, b64u(secret), b64u(adder)].join(".");

/** Reads a fragment, without or with its `#`. Refuses with `bad_link`, `bad_key` for the adder's. */
export function parseAdding(fragment: string): AddingLink {
  const [version = "", secret = "", adder = "", ...more] = fragment.replace(/^#/, "").split(".");
  const use = Object.hasOwn(USES, version) ? USES[version] : undefined;
  if (!use || more.length > 0) throw new SealError("bad_link");
  const link = {
    use,
    secret: fromB64u(secret, KEY_BYTES, "bad_link"),
    adder: fromB64u(adder, KEY_BYTES, "bad_link"),
  };
  requireKey(link.adder);
  return link;
}

/** `device`: Ed25519, `seal`: X-Wing public key; `label` is what who asks calls the device. */
export interface Request {
  readonly use: Use;
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
  const { use, secret, adder } = link;
  const request = labelOf(use, "request");
  const signature = await sign(device, request, secret, adder, chance, seal, named);
  const filled = concat(device.publicKey, seal, signature, u32(named.length), named);
  const start = concat(u8(SUITE), u8(REQUEST_KIND), chance);
  const body = padded(filled, [BODY_BYTES]);
  const raw = concat(start, CHACHA.seal(requestKey(link, chance), ZERO_NONCE, start, body));
  return { use, device: device.publicKey, seal, label, raw };
}

/** Drawn for each request: several are made with one S. */
const requestKey = ({ use, secret }: AddingLink, chance: Uint8Array): Uint8Array =>
  hkdf(secret, chance, labelOf(use, "request"));

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
  const { use, secret, adder } = link;
  verify(device, signature, labelOf(use, "request"), secret, adder, chance, seal, named);
  return { use, device, seal, label, raw: raw.slice() };
}

/** The answer to the one request of a link; `chance` is drawn once for the link, 32 bytes. */
export async function makeReply(
  adder: Signer,
  request: Request,
  chance: Uint8Array,
): Promise<Uint8Array> {
  const signed = concat(u8(SUITE), u8(REPLY_KIND), hash(request.raw), chance);
  return concat(signed, await sign(adder, labelOf(request.use, "reply"), signed));
}

/**
 * The code to show. Refuses with `bad_suite`, `bad_form`, `bad_signature`, or `wrong_recipient` for
 * an answer to somebody else's request.
 */
export function readReply(link: AddingLink, request: Request, raw: Uint8Array): string {
  requireHead(raw, REPLY_KIND, REPLY_BYTES);
  const end = REPLY_BYTES - SIGNATURE_BYTES;
  const signed = raw.subarray(0, end);
  verify(link.adder, raw.subarray(end), labelOf(link.use, "reply"), signed);
  require(same(raw.subarray(2, 2 + RANDOM_BYTES), hash(request.raw)), "wrong_recipient");
  return codeOf(link, request, raw.slice(2 + RANDOM_BYTES, end));
}

/** Six digits, which both screens know and the person carries from one to the other. */
export function codeOf({ use, secret }: AddingLink, { raw }: Request, chance: Uint8Array): string {
  const drawn = hkdf(concat(secret, chance), hash(raw), labelOf(use, "code"), 8);
  return `${readU64(drawn, 0) % 1_000_000n}`.padStart(6, "0");
}
