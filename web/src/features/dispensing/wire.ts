/** What a ticket leads to at the server: read, dispense of it, take it back (Dispensing). */
import { ProtocolError } from "../../protocol/errors.ts";
import { openFile } from "../../sealing/agefile.ts";
import { statementHash } from "../../sealing/authored.ts";
import {
  type CellKeys,
  type CellState,
  type Claimed,
  NOBODY,
  type Seen,
} from "../../sealing/cell.ts";
import {
  type Dispensing,
  followed,
  type LineState,
  type Revocation,
  readDispensed,
  readRevocation,
  type SignedDispensed,
  writeRevocation,
} from "../../sealing/dispensing.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { type Handed, readHanded } from "../../sealing/handed.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import { openNote, sealNote, type Ticket, ticketCell } from "../../sealing/ticket.ts";
import { append, readAfter } from "../mail/mailboxes.ts";
import { whoServes } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import { claimCell, putCell, readCell } from "../rooms/cells.ts";

/** The two parts of a prescription, its papers, and what pads them. */
const MOST_BYTES = 24 * 1024 * 1024;
/** Answers that a mailbox may be read in: it holds at most 1,024 messages. */
const ANSWERS = 1_024;
const UNSEEN = { version: 0, hash: NOBODY };

export interface Prescribed {
  readonly handed: Handed;
  readonly dispensing: Dispensing;
  /** H of the statement's signed object, by which receipts name it. */
  readonly statement: Uint8Array;
  /** What the server signs with. */
  readonly server: Uint8Array;
  /** What was seen of each cell, by its id: nobody shows an older one from then on. */
  readonly seen: Map<string, Seen>;
}

/**
 * Fetches a ticket's prescription, and checks who wrote it and that the ticket is its own. Rejects
 * as `Api.request` does; refuses as `readHanded` does, with `too_long`, and with `wrong_statement`
 * another ticket's.
 */
export async function prescriptionOf(api: Api, ticket: Ticket): Promise<Prescribed> {
  const sealed = await api.request({
    method: "GET",
    target: `/v1/blobs/${b64u(ticket.place)}`,
    signer: ticket.reader,
    range: [0, MOST_BYTES],
  });
  require(sealed.length < MOST_BYTES, "too_long", "more than a page can hold");
  const { key: server, registrar } = await whoServes(api);
  const plain = await openFile(sealed, ticket.key);
  const handed = await readHanded(plain, { server, ...(registrar ? { registrar } : {}) });
  const { dispensing } = handed.authorship.statement;
  const own = dispensing !== undefined && same(dispensing.ticket, ticket.hash);
  require(own, "wrong_statement", "another ticket's prescription");
  const statement = statementHash(handed.proof.statement);
  return { handed, dispensing, statement, server, seen: new Map() };
}

const stepsOf = (ticket: Ticket, { lines, owner }: Dispensing, line: number): CellKeys[] =>
  Array.from({ length: lines[line - 1]?.steps ?? 0 }, (_, at) =>
    ticketCell(ticket, line, at + 1, owner),
  );

async function newest(
  api: Api,
  { server, seen }: Pick<Prescribed, "server" | "seen">,
  { reader }: Ticket,
  keys: CellKeys,
) {
  const id = b64u(keys.id);
  const found = await readCell(api, server, reader, keys, seen.get(id) ?? UNSEEN);
  seen.set(id, found.seen);
  return found;
}

/** What the cells of a line say, and why it is closed where it is. */
export interface Line extends LineState {
  readonly why: Revocation | null;
  /** The cell of each step, and its claim. */
  readonly claims: readonly { readonly keys: CellKeys; readonly claimed: Claimed | null }[];
}

/** What may still be dispensed of each line. Rejects as requests do; refuses as `readCell` does. */
export async function look(api: Api, it: Prescribed, ticket: Ticket): Promise<readonly Line[]> {
  const { dispensing, statement } = it;
  // Cells first: a receipt is there before its claim, never after.
  const states: CellState[][] = [];
  for (const at of dispensing.lines.keys()) {
    const found = stepsOf(ticket, dispensing, at + 1).map((keys) => newest(api, it, ticket, keys));
    states.push((await Promise.all(found)).map(({ state }) => state));
  }
  const receipts = await receiptsOf(api, ticket);
  return dispensing.lines.map((line, at) => {
    const steps = states[at] ?? [];
    const state = followed(line, at + 1, statement, steps, receipts);
    const cells = stepsOf(ticket, dispensing, at + 1);
    const claims = cells.map((keys, step) => ({ keys, claimed: steps[step]?.claimed ?? null }));
    return { ...state, claims, why: whyOf(ticket, dispensing, at + 1, steps) };
  });
}

/** Of the first step that is closed; null also where its note says nothing that can be read. */
function whyOf(
  ticket: Ticket,
  { owner }: Dispensing,
  line: number,
  steps: readonly CellState[],
): Revocation | null {
  const at = steps.findIndex(({ closed, claimed }) => closed && !claimed);
  const value = steps[at]?.value;
  if (!value) return null;
  try {
    return readRevocation(openNote(ticket, ticketCell(ticket, line, at + 1, owner).id, value));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** All that can be read in the mailbox; what somebody else put there is left out. */
async function receiptsOf(api: Api, ticket: Ticket): Promise<readonly SignedDispensed[]> {
  const found: SignedDispensed[] = [];
  let after = 0;
  for (let answers = 0; answers < ANSWERS; answers += 1) {
    const posted = await readAfter(api, { id: ticket.box, owner: ticket.boxOwner }, after);
    if (posted.length === 0) return found;
    for (const { sequence, letter } of posted) {
      after = sequence;
      try {
        found.push(readDispensed(openNote(ticket, ticket.box, letter)));
      } catch (error) {
        if (!(error instanceof SealError)) throw error;
      }
    }
  }
  throw new ProtocolError("internal", "the mailbox does not end");
}

/** A receipt that was signed: kept until it is known whether it counts. */
export interface Attempt {
  readonly line: number;
  readonly step: number;
  readonly receipt: Uint8Array;
  /** The public key that signed it. */
  readonly claimant: Uint8Array;
  /** When the person said yes, in milliseconds since the epoch. */
  readonly made: number;
}

/**
 * Stores the receipt, then claims its step; again after a lost answer, with the same end. Null:
 * somebody else was faster. Rejects with `cell_closed` where the line is revoked, or as requests do.
 */
export async function carryOut(
  api: Api,
  random: Random,
  it: Prescribed,
  ticket: Ticket,
  { line, step, receipt, claimant }: Attempt,
): Promise<{ readonly keys: CellKeys; readonly claimed: Claimed } | null> {
  const note = sealNote(ticket, ticket.box, receipt, random);
  await append(api, { mailbox: ticket.box, append: ticket.appendSeed }, note);
  const keys = ticketCell(ticket, line, step, it.dispensing.owner);
  try {
    const claimed = await claimCell(api, it.server, ticket.claim, keys, claimant, hash(receipt));
    return { keys, claimed };
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "already_claimed") return null;
    throw error;
  }
}

/** Closes what is not claimed yet of a line; again after a failure, with the same end. */
export async function revoke(
  api: Api,
  random: Random,
  it: Pick<Prescribed, "server" | "dispensing" | "seen">,
  ticket: Ticket,
  owner: Signer,
  line: number,
  why: Revocation,
): Promise<void> {
  for (const keys of stepsOf(ticket, it.dispensing, line)) {
    const { seen, state } = await newest(api, it, ticket, keys);
    if (state.closed || state.claimed) continue;
    const value = sealNote(ticket, keys.id, writeRevocation(why), random);
    const next = { owner, keys, before: seen, value, closed: true };
    it.seen.set(b64u(keys.id), await putCell(api, it.server, next));
  }
}
