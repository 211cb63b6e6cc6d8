/** Keyrings: one root under pairs of means, none of which opens anything alone (Keyrings). */
import * as v from "valibot";
import {
  b64u,
  concat,
  fields,
  jsonBytes,
  padded,
  readU32,
  requireHead,
  requireZeros,
  SUITE,
  same,
  u8,
  u32,
} from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { bytesOf, readForm, time, wholeTextOf } from "./forms.ts";
import { CHACHA, EMPTY, hash, hkdf, ZERO_NONCE } from "./kdf.ts";
import { type Random, type Signer, seedSigner } from "./keys.ts";
import { requireVersion } from "./version.ts";

const RING_KIND = 10;
const MEANS = 4;
const DEVICES = 12;
const BODY_BYTES = 3_072;
const SALT_BYTES = 32;
const TAG_BYTES = 8;
const SEALED_TAG = 16;
const STANZA_BYTES = TAG_BYTES + 32 + SEALED_TAG;
const STANZAS = 2 + SALT_BYTES + 1;
const LENGTH_BYTES = 4;

/** What a secret is of. Of all but a device a cell follows from it. */
const KINDS = { sheet: 1, passkey: 2, helper: 3, device: 4 } as const;

const common = { label: wholeTextOf(20), made: time };
const HELD = v.variant("kind", [
  v.object({ kind: v.literal("sheet"), secret: bytesOf(16), ...common }),
  v.object({ kind: v.picklist(["passkey", "helper", "device"]), secret: bytesOf(32), ...common }),
]);

const FORM = v.object({
  v: v.literal(1),
  root: bytesOf(32),
  vault: bytesOf(32),
  held: v.array(HELD),
});

/** A means or a device; `label` is for its owner. */
export type Held = v.InferOutput<typeof HELD>;

/**
 * The root, the key of the vault (32 bytes each), and all that holds them: at least two means, then
 * devices.
 */
export interface Ring {
  readonly root: Uint8Array;
  readonly vault: Uint8Array;
  readonly held: readonly Held[];
}

/** What a means or a device proves itself with. */
export type Secret = Pick<Held, "kind" | "secret">;

const derived = ({ kind, secret }: Secret, label: string, length = 32): Uint8Array =>
  hkdf(secret, EMPTY, fields(label, u8(KINDS[kind])), length);

const shareOf = (held: Secret): Uint8Array => derived(held, "aparte/1 share");

/** The id of a means' cell: 16 bytes. */
export const placeOf = (means: Secret): Uint8Array => derived(means, "aparte/1 ring place", 16);

/** What reads a means' cell. */
export const readerOf = (means: Secret): Signer => seedSigner(derived(means, "aparte/1 ring read"));

/** What writes the cell at a place. */
export const ownerOf = ({ root }: Ring, place: Uint8Array): Signer =>
  seedSigner(hkdf(root, place, "aparte/1 ring owner"));

/** A practitioner's identity key. */
export const identityOf = ({ root }: Pick<Ring, "root">): Signer =>
  seedSigner(hkdf(root, EMPTY, "aparte/1 identity"));

/**
 * The value of a means' cell: it opens with that means and any other of the ring, or a device.
 * Draws a salt and a key, 32 bytes each. Refuses with `bad_form`, `too_long`.
 */
export function sealRing(ring: Ring, means: Secret, random: Random): Uint8Array {
  const text = writeRing(ring);
  const held = ring.held.some((one) => one.kind !== "device" && same(one.secret, means.secret));
  require(held, "bad_form", "no means of this ring");
  const body = padded(concat(u32(text.length), text), [BODY_BYTES]);
  const [salt, key] = [random(SALT_BYTES), random(32)];
  const others = ring.held.filter((one) => !same(one.secret, means.secret));
  const stanzas = others.flatMap((other) => {
    const pair = pairOf(means, other, salt);
    return [tagOf(pair), CHACHA.seal(wrapOf(pair), ZERO_NONCE, EMPTY, key)];
  });
  const head = concat(u8(SUITE), u8(RING_KIND), salt, u8(others.length), ...stanzas);
  return concat(head, CHACHA.seal(keyOf(key), ZERO_NONCE, hash(head), body));
}

/**
 * Opens what lies in a means' cell, with another means or a device. Refuses with `bad_suite`,
 * `bad_form`, or `cannot_open` where the two are no pair of this ring.
 */
export function openRing(raw: Uint8Array, means: Secret, other: Secret): Ring {
  requireHead(raw, RING_KIND);
  const count = raw[STANZAS - 1] ?? 0;
  const end = STANZAS + count * STANZA_BYTES;
  const sized = raw.length === end + BODY_BYTES + SEALED_TAG;
  require(count >= 1 && count < MEANS + DEVICES && sized, "bad_form", "a ring of another length");
  const pair = pairOf(means, other, raw.slice(2, 2 + SALT_BYTES));
  const tag = tagOf(pair);
  for (let at = STANZAS; at < end; at += STANZA_BYTES) {
    if (!same(raw.subarray(at, at + TAG_BYTES), tag)) continue;
    const wrapped = raw.slice(at + TAG_BYTES, at + STANZA_BYTES);
    const key = CHACHA.open(wrapOf(pair), ZERO_NONCE, EMPTY, wrapped);
    return readBody(CHACHA.open(keyOf(key), ZERO_NONCE, hash(raw.slice(0, end)), raw.slice(end)));
  }
  throw new SealError("cannot_open", "no pair of this ring");
}

/** Whether two rings hold the same, in the same order. Refuses with `bad_form` what is no ring. */
export const sameRing = (one: Ring, other: Ring): boolean => same(writeRing(one), writeRing(other));

/** The same whichever of the two comes first; `means` names the place. */
function pairOf(means: Secret, other: Secret, salt: Uint8Array): Uint8Array {
  const shares = [shareOf(means), shareOf(other)].sort(compare);
  return hkdf(concat(...shares), salt, fields("aparte/1 pair of means", placeOf(means)));
}

function compare(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

const tagOf = (pair: Uint8Array): Uint8Array => hkdf(pair, EMPTY, "aparte/1 pair tag", TAG_BYTES);
const wrapOf = (pair: Uint8Array): Uint8Array => hkdf(pair, EMPTY, "aparte/1 pair wrap");
const keyOf = (key: Uint8Array): Uint8Array => hkdf(key, EMPTY, "aparte/1 ring key");

function writeRing({ root, vault, held }: Ring): Uint8Array {
  const listed = held.map(({ kind, secret, label, made }) => ({
    kind,
    secret: b64u(secret),
    label,
    made,
  }));
  const text = jsonBytes({ v: 1, root: b64u(root), vault: b64u(vault), held: listed });
  readRing(text);
  return text;
}

function readBody(body: Uint8Array): Ring {
  const end = LENGTH_BYTES + readU32(body, 0);
  require(end <= body.length, "bad_form", "a length points past the end");
  requireZeros(body.subarray(end));
  return readRing(body.slice(LENGTH_BYTES, end));
}

function readRing(text: Uint8Array): Ring {
  requireVersion(text);
  const { root, vault, held } = readForm(FORM, text, "bad_form");
  const devices = held.filter(({ kind }) => kind === "device").length;
  const means = held.length - devices;
  const fits = means >= 2 && means <= MEANS && devices <= DEVICES;
  require(fits, "bad_form", "too few or too many hold this ring");
  const distinct = new Set(held.map(({ secret }) => b64u(secret))).size === held.length;
  require(distinct, "bad_form", "a secret stands twice");
  return { root, vault, held };
}
