/** The ticket of a prescription: who holds it may read it, and dispense it (Dispensing). */
import type { CellKeys } from "./cell.ts";
import { ticketHash } from "./dispensing.ts";
import {
  b64u,
  concat,
  fields,
  fromB64u,
  padded,
  readU32,
  requireHead,
  requireZeros,
  SUITE,
  u8,
  u32,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { CHACHA, EMPTY, hkdf, ZERO_NONCE } from "./kdf.ts";
import { type Random, type Signer, seedSigner } from "./keys.ts";

const NOTE_KIND = 18;
const SECRET_BYTES = 32;
const SALT_BYTES = 32;
const START = 2 + SALT_BYTES;
const TAG_BYTES = 16;
/** The larger fits into the value of a cell. */
const SIZES = [1_024, 4_000];

/** Everything that follows from T, the 32 bytes that stand in a QR code. */
export interface Ticket {
  readonly secret: Uint8Array;
  /** By which a statement names the ticket. */
  readonly hash: Uint8Array;
  /** The id of the blob with the prescription: 16 bytes. */
  readonly place: Uint8Array;
  /** The seed of what reads the blob and the cells. */
  readonly readSeed: Uint8Array;
  readonly reader: Signer;
  /** The X-Wing seed of what opens the blob. */
  readonly key: Uint8Array;
  /** Claims the cells. */
  readonly claim: Signer;
  /** The id of the mailbox where receipts lie: 16 bytes. */
  readonly box: Uint8Array;
  readonly boxOwner: Signer;
  /** The seed of what adds a receipt to the mailbox. */
  readonly appendSeed: Uint8Array;
}

export function ticketOf(secret: Uint8Array): Ticket {
  const derived = (what: string, length = 32): Uint8Array =>
    hkdf(secret, EMPTY, `aparte/1 dispensing ${what}`, length);
  const readSeed = derived("read");
  return {
    secret,
    hash: ticketHash(secret),
    place: derived("place", 16),
    readSeed,
    reader: seedSigner(readSeed),
    key: derived("key"),
    claim: seedSigner(derived("claim")),
    box: derived("box", 16),
    boxOwner: seedSigner(derived("box owner")),
    appendSeed: derived("append"),
  };
}

export const ticketLink = (origin: string, secret: Uint8Array): string =>
  `${origin}/dispense/#1.${b64u(secret)}`;

/** Reads a fragment without its `#`. Refuses with `bad_link`. */
export function parseTicket(fragment: string): Ticket {
  const found = /^1\.([\w-]+)$/.exec(fragment)?.[1];
  require(found !== undefined, "bad_link");
  return ticketOf(fromB64u(found, SECRET_BYTES, "bad_link"));
}

/** The cell of one step of a line; both count from 1. */
export const ticketCell = (
  { secret, reader, claim }: Ticket,
  line: number,
  step: number,
  owner: Uint8Array,
): CellKeys => ({
  id: hkdf(secret, EMPTY, fields("aparte/1 dispensing cell", u8(line), u8(step)), 16),
  owner,
  read: reader.publicKey,
  claim: claim.publicKey,
});

const noteKey = (secret: Uint8Array, start: Uint8Array, place: Uint8Array): Uint8Array =>
  hkdf(secret, start.slice(2), fields("aparte/1 dispensing note", place));

/** What lies at that place (a cell's or the mailbox's id). Draws 32 bytes. Refuses with `too_long`. */
export function sealNote(
  { secret }: Ticket,
  place: Uint8Array,
  plain: Uint8Array,
  random: Random,
): Uint8Array {
  const start = concat(u8(SUITE), u8(NOTE_KIND), random(SALT_BYTES));
  const body = padded(concat(u32(plain.length), plain), SIZES);
  return concat(start, CHACHA.seal(noteKey(secret, start, place), ZERO_NONCE, start, body));
}

/** Refuses with `bad_suite`, `bad_form`, `cannot_open`. */
export function openNote({ secret }: Ticket, place: Uint8Array, sealed: Uint8Array): Uint8Array {
  requireHead(sealed, NOTE_KIND);
  require(sealed.length >= START + TAG_BYTES, "bad_form", "a note cut short");
  const start = sealed.slice(0, START);
  const body = CHACHA.open(noteKey(secret, start, place), ZERO_NONCE, start, sealed.slice(START));
  require(body.length >= 4, "bad_form", "a length is cut off");
  const end = 4 + readU32(body, 0);
  require(end <= body.length, "bad_form", "a length points past the end");
  requireZeros(body.subarray(end));
  return body.slice(4, end);
}
