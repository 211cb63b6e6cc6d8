/** Cells: versions in a signed chain, claims, and what the server accepted (protocol.md, 7). */
import { concat, readU64, SUITE, same, takeFields, u8, u64 } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { hash } from "./kdf.ts";
import { requireKey, type Signer, sign, verify } from "./keys.ts";

const LINK_BYTES = 250;
const HEAD_BYTES = 186;
const VALUE_BYTES = 4096;
const LINKS_AT_ONCE = 256;
const ACCEPTED_BYTES = 72;
const CLAIMED_BYTES = 200;
/** A key that nobody has, and what stands in the place of a version before the first. */
export const NOBODY = new Uint8Array(32);

/** What never changes of a cell. */
export interface CellKeys {
  readonly id: Uint8Array;
  readonly owner: Uint8Array;
  /** Public keys, or `NOBODY`. */
  readonly read: Uint8Array;
  readonly claim: Uint8Array;
}

/** The newest version that a reader remembers; `hash` is of its link. Before any: 0, `NOBODY`. */
export interface Seen {
  readonly version: number;
  readonly hash: Uint8Array;
}

/** Who claimed a cell, for which receipt, and when the server took it (Unix seconds). */
export interface Claimed {
  readonly claimant: Uint8Array;
  readonly receipt: Uint8Array;
  readonly at: number;
  /** All of it, as the server signed it. */
  readonly raw: Uint8Array;
}

/** The newest version, checked; `accepted`: when the server took it (Unix seconds). */
export interface CellState {
  readonly value: Uint8Array;
  readonly closed: boolean;
  readonly accepted: number;
  readonly claimed: Claimed | null;
}

/** What one answer showed. */
export interface Part {
  readonly seen: Seen;
  /** Links in between are no longer kept, and went unchecked. */
  readonly gap: boolean;
  /** Null where more links follow: ask again, with `seen` remembered. */
  readonly state: CellState | null;
}

interface Link {
  readonly version: number;
  readonly closed: boolean;
  readonly previous: Uint8Array;
  readonly valueHash: Uint8Array;
  readonly hash: Uint8Array;
}

/**
 * The link and value that follow `before`, to be sent, and what to remember once they are accepted.
 * Refuses with `too_long`.
 */
export async function makeVersion(
  owner: Signer,
  keys: CellKeys,
  before: Seen,
  value: Uint8Array,
  closed = false,
): Promise<{ readonly body: Uint8Array; readonly seen: Seen }> {
  require(value.length <= VALUE_BYTES, "too_long");
  const version = before.version + 1;
  const ids = concat(keys.id, keys.owner, keys.read, keys.claim);
  const flags = u8(closed ? 1 : 0);
  const head = concat(u8(SUITE), ids, u64(version), flags, before.hash, hash(value));
  const link = concat(head, await sign(owner, "aparte/1 cell", head));
  return { body: concat(link, value), seen: { version, hash: hash(link) } };
}

/** A claim by the holder of the claim key for `claimant` and a receipt's hash: 128 bytes. */
export async function makeClaim(
  claimKey: Signer,
  cell: Uint8Array,
  claimant: Uint8Array,
  receipt: Uint8Array,
): Promise<Uint8Array> {
  const signature = await sign(claimKey, "aparte/1 claim", cell, claimant, receipt);
  return concat(claimant, receipt, signature);
}

/** Refuses with `bad_form`, `bad_key`, `bad_signature`. */
export function readClaimed(raw: Uint8Array, keys: CellKeys, server: Uint8Array): Claimed {
  require(raw.length === CLAIMED_BYTES, "bad_form", "a claim of another length");
  const [claimant, receipt] = [raw.slice(0, 32), raw.slice(32, 64)];
  requireKey(claimant);
  verify(keys.claim, raw.slice(64, 128), "aparte/1 claim", keys.id, claimant, receipt);
  const said = [keys.id, claimant, receipt, raw.slice(128, 136)];
  verify(server, raw.slice(136), "aparte/1 claim accepted", ...said);
  return { claimant, receipt, at: Number(readU64(raw, 128)), raw };
}

/** When the server took that version, in Unix seconds. Refuses with `bad_form`, `bad_signature`. */
export function readAccepted(raw: Uint8Array, seen: Seen, server: Uint8Array): number {
  require(raw.length === ACCEPTED_BYTES, "bad_form", "an acceptance of another length");
  verify(server, raw.slice(8), "aparte/1 cell accepted", seen.hash, raw.slice(0, 8));
  return Number(readU64(raw, 0));
}

/**
 * Checks an answer about the links after the version before `before.version`. Refuses with
 * `bad_form`, `bad_suite`, `bad_key`, `bad_signature`, `altered`, `rolled_back`, `forked`.
 */
export function readPart(body: Uint8Array, keys: CellKeys, server: Uint8Array, before: Seen): Part {
  const [raw, accepted, claimed, value] = takeFields(body, [null, null, null, null]);
  const whole = raw.length % LINK_BYTES === 0 && raw.length <= LINKS_AT_ONCE * LINK_BYTES;
  require(whole, "bad_form", "an answer of another form");
  const links: Link[] = [];
  for (let at = 0; at < raw.length; at += LINK_BYTES) {
    links.push(readLink(raw.slice(at, at + LINK_BYTES), keys));
  }
  const [first] = links;
  const newest = links.at(-1);
  require(first !== undefined && newest !== undefined, "rolled_back");
  const gap = requireBegin(first, before);
  links.reduce((last, link) => {
    requireFollows(last, link);
    return link;
  });
  const seen = { version: newest.version, hash: newest.hash };
  if (links.length === LINKS_AT_ONCE && !isAccepted(accepted, seen, server)) {
    return { seen, gap, state: null };
  }
  const at = readAccepted(accepted, seen, server);
  require(same(hash(value), newest.valueHash), "altered");
  const taken = claimed.length > 0 ? readClaimed(claimed, keys, server) : null;
  return { seen, gap, state: { value, closed: newest.closed, accepted: at, claimed: taken } };
}

/** Whom an answer names as the cell's owner, unchecked. Refuses with `rolled_back` without a link. */
export function ownerIn(body: Uint8Array): Uint8Array {
  const [raw] = takeFields(body, [null, null, null, null]);
  require(raw.length >= LINK_BYTES, "rolled_back");
  return raw.slice(17, 49);
}

function readLink(raw: Uint8Array, keys: CellKeys): Link {
  require(raw[0] === SUITE, "bad_suite");
  const ids = concat(keys.id, keys.owner, keys.read, keys.claim);
  const version = Number(readU64(raw, 113));
  const flags = raw[121] ?? 2;
  const own = same(raw.slice(1, 113), ids) && version >= 1 && flags <= 1;
  require(own, "bad_form", "a link of another cell");
  const head = raw.slice(0, HEAD_BYTES);
  verify(keys.owner, raw.slice(HEAD_BYTES), "aparte/1 cell", head);
  return {
    version,
    closed: flags === 1,
    previous: raw.slice(122, 154),
    valueHash: raw.slice(154, HEAD_BYTES),
    hash: hash(raw),
  };
}

/** Whether links between what we remember and the first one are missing. */
function requireBegin(first: Link, before: Seen): boolean {
  if (before.version === 0) {
    const begins = first.version > 1 || same(first.previous, NOBODY);
    require(begins, "bad_form", "a first version after another");
    return first.version > 1;
  }
  require(first.version >= before.version, "bad_form", "links that were not asked for");
  const known = first.version > before.version || same(first.hash, before.hash);
  require(known, "forked");
  return first.version > before.version;
}

function requireFollows(last: Link, link: Link): void {
  const follows = link.version === last.version + 1 && same(link.previous, last.hash);
  require(follows, "bad_form", "links that do not follow each other");
  require(!last.closed, "bad_form", "a version after the last one");
}

function isAccepted(raw: Uint8Array, seen: Seen, server: Uint8Array): boolean {
  try {
    readAccepted(raw, seen, server);
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
