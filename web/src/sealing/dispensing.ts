/** What is dispensed of a prescription, and what may still be (Dispensing). */
import * as v from "valibot";
import type { CellState } from "./cell.ts";
import type { Certificate } from "./certificate.ts";
import { b64u, fields, jsonBytes, same } from "./encoding.ts";
import { require, SealError } from "./errors.ts";
import { bytesOf, positive, readForm, textOf, time } from "./forms.ts";
import { hash } from "./kdf.ts";
import { requireKey, type Signer } from "./keys.ts";
import { readObject, signObject } from "./signed.ts";
import { requireVersion } from "./version.ts";

const LINES = 20;
const DELIVERIES = 12;
const STEPS = 16;
/** What stands in the place of a receipt before the first. */
const NOTHING = new Uint8Array(32);
/** What a note of 4,000 bytes holds beside its length. */
const RECEIPT_BYTES = 3_996;

const text = textOf(200);
const upTo = (most: number) => v.pipe(positive, v.maxValue(most));

const LINE = v.pipe(
  v.object({ deliveries: upTo(DELIVERIES), steps: upTo(STEPS) }),
  v.check(({ deliveries, steps }) => deliveries <= steps),
);

/** What a prescription's statement says of it; `ticket` is the ticket's hash. */
export const dispensingForm = v.object({
  ticket: bytesOf(32),
  owner: bytesOf(32),
  until: time,
  lines: v.pipe(v.array(LINE), v.minLength(1), v.maxLength(LINES)),
});

/** By which a statement names a ticket (32 bytes). */
export const ticketHash = (ticket: Uint8Array): Uint8Array =>
  hash(fields("aparte/1 dispensing ticket", ticket));

export type Dispensing = v.InferOutput<typeof dispensingForm>;
/** How often a line may be delivered in whole, and in how many steps at most. */
export type DispensingLine = Dispensing["lines"][number];

export const dispensingMembers = ({ ticket, owner, until, lines }: Dispensing) => ({
  ticket: b64u(ticket),
  owner: b64u(owner),
  until,
  lines: lines.map(({ deliveries, steps }) => ({ deliveries, steps })),
});

const DISPENSED = v.object({
  v: v.literal(1),
  prescription: bytesOf(32),
  line: upTo(LINES),
  step: upTo(STEPS),
  previous: bytesOf(32),
  given: v.optional(text, ""),
  whole: v.boolean(),
  at: time,
  random: bytesOf(32),
  dispenser: v.pipe(text, v.minLength(1)),
  place: v.optional(text, ""),
  claimant: v.optional(bytesOf(32)),
});

/**
 * What somebody gave of a line. `previous` is the hash of the receipt of the step before; `dispenser`
 * and `place` are as they state them, with a card too: for who cannot see the card.
 */
export type Dispensed = Omit<v.InferOutput<typeof DISPENSED>, "v" | "claimant">;

/** A checked receipt. */
export interface SignedDispensed {
  readonly said: Dispensed;
  /** The key that its claim has to name. */
  readonly claimant: Uint8Array;
  readonly hash: Uint8Array;
  /**
   * Of the device that signed, where somebody signed with their card. Whether that device was in force
   * is for the reader to ask.
   */
  readonly certificate: Certificate | undefined;
}

/** A practitioner's device that signs; `certificate`: 137 bytes. */
export interface CardSigner {
  readonly device: Signer;
  readonly certificate: Uint8Array;
}

/**
 * The signed object, whose hash the claim names: by the claimant's key, or, `by` somebody with a card,
 * by their device, which names that key. Refuses with `bad_form` what no reader would take, with
 * `too_long` what fits into no note.
 */
export async function signDispensed(
  said: Dispensed,
  claimant: Signer,
  by?: CardSigner,
): Promise<Uint8Array> {
  const payload = jsonBytes({
    v: 1,
    prescription: b64u(said.prescription),
    line: said.line,
    step: said.step,
    previous: b64u(said.previous),
    given: said.given,
    whole: said.whole,
    at: said.at,
    random: b64u(said.random),
    dispenser: said.dispenser,
    place: said.place,
    ...(by ? { claimant: b64u(claimant.publicKey) } : {}),
  });
  readPayload(payload);
  const receipt = await signObject("dispensed", payload, by?.device ?? claimant, by?.certificate);
  require(receipt.length <= RECEIPT_BYTES, "too_long", "a receipt that fits into no note");
  return receipt;
}

function readPayload(payload: Uint8Array) {
  requireVersion(payload);
  const { v: _version, claimant, ...said } = readForm(DISPENSED, payload, "bad_form");
  return { said, claimant };
}

/** Refuses with `bad_suite`, `bad_form`, `bad_key`, `bad_signature`, `too_long`. */
export function readDispensed(raw: Uint8Array): SignedDispensed {
  const { payload, key, hash, certificate } = readObject("dispensed", raw);
  const { said, claimant } = readPayload(payload);
  // Also refuses what a device has signed, and somebody without a card signs again as their own.
  const fits = (claimant !== undefined) === (certificate !== undefined);
  require(fits, "bad_form", "a claimant is named by a device, and by it alone");
  if (claimant) requireKey(claimant);
  return { said, claimant: claimant ?? key, hash, certificate };
}

const REVOCATION = v.object({ v: v.literal(1), reason: v.optional(text, ""), at: time });

/** Why the prescriber closed a line, and when. */
export type Revocation = Omit<v.InferOutput<typeof REVOCATION>, "v">;

export function writeRevocation({ reason, at }: Revocation): Uint8Array {
  const payload = jsonBytes({ v: 1, reason, at });
  readRevocation(payload);
  return payload;
}

/** Refuses with `bad_suite`, `bad_form`. */
export function readRevocation(payload: Uint8Array): Revocation {
  requireVersion(payload);
  const { v: _version, ...said } = readForm(REVOCATION, payload, "bad_form");
  return said;
}

/** What is known of a line. */
export interface LineState {
  /** The receipts of its steps, in their order. */
  readonly given: readonly SignedDispensed[];
  /** Whole deliveries that may still be made. */
  readonly left: number;
  /** The next step to claim; null where nothing may be dispensed. */
  readonly step: number | null;
  readonly revoked: boolean;
  /** A step is claimed whose receipt nobody shows: nobody can say what is left. */
  readonly missing: boolean;
  /** What the next receipt names as the one before. */
  readonly previous: Uint8Array;
  /** When the server took the claim of each receipt in `given`, in Unix seconds. */
  readonly taken: readonly number[];
}

/**
 * As `follow`, for a reader of all lines: of one whose cells or receipts do not hold nobody can say what
 * is left, and the others are as good as before.
 */
export function followed(...of: Parameters<typeof follow>): LineState {
  try {
    return follow(...of);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    const [{ deliveries: left }] = of;
    return {
      given: [],
      left,
      step: null,
      revoked: false,
      missing: true,
      previous: NOTHING,
      taken: [],
    };
  }
}

/**
 * What the cells and receipts of a line say; `cells` are those of its steps, in order. A receipt
 * counts where its cell's claim names it, and nowhere else. Refuses with `bad_form` another number of
 * cells, with `altered` a receipt that is another's, of another line, step or prescription, or that
 * does not follow the one before, or a claim beyond a step that is free.
 */
export function follow(
  line: DispensingLine,
  number: number,
  prescription: Uint8Array,
  cells: readonly CellState[],
  receipts: readonly SignedDispensed[],
): LineState {
  require(cells.length === line.steps, "bad_form", "another number of cells");
  const claims = cells.map(({ claimed }) => claimed);
  const free = claims.indexOf(null);
  const used = free < 0 ? claims.length : free;
  const beyond = claims.slice(used).some((claim) => claim !== null);
  require(!beyond, "altered", "a step was claimed before the one before it");
  const given: SignedDispensed[] = [];
  const taken: number[] = [];
  let previous: Uint8Array = NOTHING;
  let missing = false;
  for (const [at, claim] of claims.entries()) {
    if (!claim) break;
    const receipt = receipts.find(({ hash }) => same(hash, claim.receipt));
    if (!receipt) {
      missing = true;
      break;
    }
    const { said, claimant } = receipt;
    const follows = said.line === number && said.step === at + 1 && same(said.previous, previous);
    const theirs = same(said.prescription, prescription) && same(claimant, claim.claimant);
    require(follows && theirs, "altered", "a receipt of something else");
    given.push(receipt);
    taken.push(claim.at);
    previous = receipt.hash;
  }
  const left = Math.max(0, line.deliveries - given.filter(({ said }) => said.whole).length);
  const revoked = cells[used]?.closed === true;
  const open = used < cells.length && !revoked && !missing && left > 0;
  return { given, left, step: open ? used + 1 : null, revoked, missing, previous, taken };
}
