/** Vaults: records that the devices of one person share, sealed at a server (Vaults). */
import * as v from "valibot";
import { type CellKeys, NOBODY } from "./cell.ts";
import type { Certificate } from "./certificate.ts";
import {
  b64u,
  concat,
  fields,
  fromB64u,
  jsonBytes,
  padded,
  readU32,
  readU64,
  requireHead,
  requireZeros,
  SUITE,
  same,
  u8,
  u32,
  u64,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { b64uOf, bytesOf, positive, readForm, wholeTextOf } from "./forms.ts";
import { CHACHA, EMPTY, hash, hkdf, ZERO_NONCE } from "./kdf.ts";
import { type Random, type Signer, seedSigner } from "./keys.ts";
import { openLetter, sealLetter } from "./letter.ts";
import { readObject, type SignedObject, signObject } from "./signed.ts";
import { requireVersion } from "./version.ts";
import { type Encapsulate, encapsulate } from "./xwing.ts";

const HEAD_KIND = 11;
const RECORDS = 4_096;
const KIND_UNITS = 20;
const SIZES = [4_096, 16_384, 65_536, 262_144, 1_048_576];
const SALT_BYTES = 32;
const ID_BYTES = 16;
const TAG_BYTES = 16;
const START = 2 + SALT_BYTES;
const LENGTH_AT = 1 + ID_BYTES;
const HASH_AT = LENGTH_AT + 8;
const HEAD_BYTES = START + HASH_AT + 32 + TAG_BYTES;

/** Everything that follows from a vault's key. */
export interface VaultKey {
  /** V, 32 bytes. */
  readonly secret: Uint8Array;
  /** The id of the cell: 16 bytes. */
  readonly place: Uint8Array;
  /** Writes the cell and the blobs. */
  readonly owner: Signer;
  /** The seed (32 bytes) of what reads them. */
  readonly readSeed: Uint8Array;
  readonly reader: Signer;
  /** Nobody claims it. */
  readonly cell: CellKeys;
}

export function vaultKey(secret: Uint8Array): VaultKey {
  const place = hkdf(secret, EMPTY, "aparte/1 vault place", ID_BYTES);
  const owner = seedSigner(hkdf(secret, EMPTY, "aparte/1 vault owner"));
  const readSeed = hkdf(secret, EMPTY, "aparte/1 vault read");
  const reader = seedSigner(readSeed);
  const cell = { id: place, owner: owner.publicKey, read: reader.publicKey, claim: NOBODY };
  return { secret, place, owner, readSeed, reader, cell };
}

/** What the blob of a head is. */
export const HeadKind = { PAGE: 0, MOVED: 1 } as const;
export type HeadKind = (typeof HeadKind)[keyof typeof HeadKind];

/** Where the newest state lies. */
export interface Head {
  readonly kind: HeadKind;
  /** 32 bytes, drawn for this version. */
  readonly salt: Uint8Array;
  readonly blob: Uint8Array;
  /** Both are of the blob without what pads it. */
  readonly length: number;
  readonly hash: Uint8Array;
}

/** The head that tells of these sealed bytes. */
export const headOf = (
  kind: HeadKind,
  salt: Uint8Array,
  blob: Uint8Array,
  bytes: Uint8Array,
): Head => ({ kind, salt, blob, length: bytes.length, hash: hash(bytes) });

/** A head is of one version: a server that moves it to another is found out. */
const headKey = ({ secret, place }: VaultKey, salt: Uint8Array, version: number): Uint8Array =>
  hkdf(secret, salt, fields("aparte/1 vault head", place, u64(version)));

const pageKey = ({ secret }: VaultKey, salt: Uint8Array, blob: Uint8Array): Uint8Array =>
  hkdf(secret, salt, fields("aparte/1 vault page", blob));

/** The value of that version of the cell: 107 bytes. */
export function sealHead(key: VaultKey, version: number, head: Head): Uint8Array {
  const start = concat(u8(SUITE), u8(HEAD_KIND), head.salt);
  const body = concat(u8(head.kind), head.blob, u64(head.length), head.hash);
  return concat(start, CHACHA.seal(headKey(key, head.salt, version), ZERO_NONCE, start, body));
}

/** Refuses with `bad_suite`, `bad_form`, `cannot_open`: also of another version of the cell. */
export function openHead(key: VaultKey, version: number, raw: Uint8Array): Head {
  requireHead(raw, HEAD_KIND, HEAD_BYTES);
  const [start, sealed] = [raw.slice(0, START), raw.slice(START)];
  const salt = start.slice(2);
  const body = CHACHA.open(headKey(key, salt, version), ZERO_NONCE, start, sealed);
  const kind = [HeadKind.PAGE, HeadKind.MOVED].find((one) => one === body[0]);
  const length = Number(readU64(body, LENGTH_AT));
  const known = kind !== undefined && length >= 1 && Number.isSafeInteger(length);
  require(known, "bad_form", "a head of another kind");
  return { kind, salt, blob: body.slice(1, LENGTH_AT), length, hash: body.slice(HASH_AT) };
}

/** The blob without what pads it. Refuses with `altered` where it is another one. */
function held({ length, hash: expected }: Head, blob: Uint8Array): Uint8Array {
  const bytes = blob.slice(0, length);
  require(bytes.length === length && same(hash(bytes), expected), "altered");
  return bytes;
}

const RECORD = v.object({
  id: b64uOf(ID_BYTES),
  n: positive,
  kind: v.pipe(wholeTextOf(KIND_UNITS), v.minLength(1)),
  data: v.nullable(wholeTextOf(Number.MAX_SAFE_INTEGER)),
});

const FORM = v.object({ v: v.literal(1), records: v.pipe(v.array(RECORD), v.maxLength(RECORDS)) });

/**
 * `id` is 16 bytes as base64url; `n` counts its changes, from 1; `data` is what its kind gives a
 * meaning to, null: erased.
 */
export type VaultRecord = Readonly<v.InferOutput<typeof RECORD>>;

const written = ({ id, n, kind, data }: VaultRecord) => ({ id, n, kind, data });

const bytewise = (one: Uint8Array, other: Uint8Array): number => {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at < 0 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? -1);
};

/** As their bytes go, which the order of base64url's letters is not. */
const byId = (one: string, other: string): number => bytewise(fromB64u(one), fromB64u(other));

/** One state of several, in the order of the ids, whatever the order of the states. */
export function mergeRecords(
  ...states: readonly (readonly VaultRecord[])[]
): readonly VaultRecord[] {
  const newest = new Map<string, VaultRecord>();
  for (const record of states.flat()) {
    const before = newest.get(record.id);
    if (!before || isLess(before, record)) newest.set(record.id, record);
  }
  const ids = [...newest.keys()].sort(byId);
  return ids.flatMap((id) => newest.get(id) ?? []);
}

function isLess(one: VaultRecord, other: VaultRecord): boolean {
  if (one.n !== other.n) return one.n < other.n;
  return bytewise(jsonBytes(written(one)), jsonBytes(written(other))) < 0;
}

/** Refuses with `bad_form` what no reader would take, and with `too_long` too many of them. */
export function writeRecords(records: readonly VaultRecord[]): Uint8Array {
  require(records.length <= RECORDS, "too_long", "more records than a page may have");
  const bytes = jsonBytes({ v: 1, records: records.map(written) });
  readRecords(bytes);
  return bytes;
}

/** Refuses with `bad_suite`, `bad_form`. */
export function readRecords(bytes: Uint8Array): readonly VaultRecord[] {
  requireVersion(bytes);
  const { records } = readForm(FORM, bytes, "bad_form");
  records.reduce<VaultRecord | undefined>((before, record) => {
    const ordered = !before || byId(before.id, record.id) < 0;
    require(ordered, "bad_form", "records out of order, or one twice");
    return record;
  }, undefined);
  return records;
}

/**
 * The blob of that id, to which a head with the same salt points. Refuses as `writeRecords` does,
 * and with `too_long`.
 */
export function sealPage(
  key: VaultKey,
  salt: Uint8Array,
  blob: Uint8Array,
  records: readonly VaultRecord[],
): Uint8Array {
  const text = writeRecords(records);
  const body = padded(concat(u32(text.length), text), SIZES);
  return CHACHA.seal(pageKey(key, salt, blob), ZERO_NONCE, EMPTY, body);
}

/** Refuses with `altered`, `bad_form`, `cannot_open`, `bad_suite`. */
export function openPage(key: VaultKey, head: Head, blob: Uint8Array): readonly VaultRecord[] {
  const sealed = held(head, blob);
  const isPage = head.kind === HeadKind.PAGE && SIZES.includes(sealed.length - TAG_BYTES);
  require(isPage, "bad_form", "no page");
  const body = CHACHA.open(pageKey(key, head.salt, head.blob), ZERO_NONCE, EMPTY, sealed);
  const end = 4 + readU32(body, 0);
  require(end <= body.length, "bad_form", "a length points past the end");
  requireZeros(body.subarray(end));
  return readRecords(body.slice(4, end));
}

const MOVED = v.object({ v: v.literal(1), from: bytesOf(ID_BYTES), vault: bytesOf(32) });

/** The new vault's key, and the device that says so: the reader checks that it is in force. */
export interface Moved {
  readonly vault: Uint8Array;
  readonly certificate: Certificate;
  readonly said: SignedObject;
}

const contextOf = ({ place }: VaultKey): Uint8Array => fields("vault", place);

/**
 * The letter of the last head, to the X-Wing keys of the devices that stay: `next` is the new
 * vault's key, `certificate` (137 bytes) that of `device`. Draws and refuses as `sealLetter` does.
 */
export async function sealMoved(
  old: VaultKey,
  next: Uint8Array,
  recipients: readonly Uint8Array[],
  { device, certificate }: { readonly device: Signer; readonly certificate: Uint8Array },
  random: Random,
  kem: Encapsulate = encapsulate,
): Promise<Uint8Array> {
  const payload = jsonBytes({ v: 1, from: b64u(old.place), vault: b64u(next) });
  const said = await signObject("vault moved", payload, device, certificate);
  return sealLetter(recipients, contextOf(old), said, random, kem);
}

/**
 * What the letter says, and who says it; `seal` is an X-Wing seed. Refuses with `altered`, as
 * `openLetter` and `readObject` do, with `bad_form`, `bad_suite`; with `wrong_recipient` what was
 * said of another vault.
 */
export function openMoved(old: VaultKey, head: Head, seal: Uint8Array, blob: Uint8Array): Moved {
  const letter = held(head, blob);
  require(head.kind === HeadKind.MOVED, "bad_form", "not moved");
  const said = readObject("vault moved", openLetter(seal, contextOf(old), letter));
  requireVersion(said.payload);
  const { from, vault } = readForm(MOVED, said.payload, "bad_form");
  require(said.certificate !== undefined, "bad_form", "not by a device");
  require(same(from, old.place), "wrong_recipient", "said of another vault");
  return { vault, certificate: said.certificate, said };
}
