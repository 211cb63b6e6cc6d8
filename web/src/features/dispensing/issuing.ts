/** Makes all that a ticket leads to (Dispensing). Large: imported late. */
import { ProtocolError } from "../../protocol/errors.ts";
import { sealFile } from "../../sealing/agefile.ts";
import { type CellKeys, NOBODY } from "../../sealing/cell.ts";
import type { Dispensing } from "../../sealing/dispensing.ts";
import { b64u } from "../../sealing/encoding.ts";
import { writeHanded } from "../../sealing/handed.ts";
import type { Proof } from "../../sealing/kept.ts";
import { type Random, type Signer, seedSigner } from "../../sealing/keys.ts";
import { type Ticket, ticketCell, ticketOf } from "../../sealing/ticket.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import { deleteMailbox, makeMailbox } from "../mail/mailboxes.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob, storeAsIs } from "../rooms/blobs.ts";
import { deleteCell, putCell } from "../rooms/cells.ts";
import { registerVouchers, type Voucher } from "../rooms/vouchers.ts";
import { RECEIPT_SECONDS, TICKET_STAYS } from "./limits.ts";

/** What a cell's value may come to. */
const CELL_BYTES = 4_096;
/**
 * All receipts: eight of the longest for each step, since attempts that came to nothing stay beside
 * the others.
 */
const STEP_BYTES = 32 * 1024;
const BOX_BYTES = 1024 * 1024;
/** What one request registers, and how many requests are under way at once. */
const VOUCHERS = 64;
const AT_ONCE = 8;

interface Needs {
  readonly api: Api;
  readonly random: Random;
  /** The practitioner's: it pays. */
  readonly device: Signer;
}

export interface Issue {
  readonly ticket: Ticket;
  /** Takes the prescription back. */
  readonly owner: Signer;
  readonly dispensing: Dispensing;
  readonly proof: Proof;
  readonly parts: readonly Uint8Array[];
}

/**
 * Cells, mailbox, and the blob last: a ticket that opens is complete. All of it ends some days after
 * the prescription. Rejects as `Api.request` does, with `quota_exceeded` where the practice has handed
 * out enough.
 */
export async function issueTicket(needs: Needs, issue: Issue): Promise<void> {
  const { api, random } = needs;
  const { ticket, owner, dispensing, proof, parts } = issue;
  const sealed = await sealFile(writeHanded(proof, parts), kemPublic(ticket.key));
  const steps = dispensing.lines.map((line) => line.steps);
  const cells = cellsOf(ticket, steps, dispensing.owner);
  const ends = Math.floor((Date.parse(dispensing.until) + TICKET_STAYS) / 1000);
  const boxBytes = Math.min(BOX_BYTES, STEP_BYTES * cells.length);
  const sizes = [sealed.length, boxBytes, ...cells.map(() => CELL_BYTES)];
  const [blob, box, ...paid] = await vouchersFor(needs, sizes, ends);
  if (!blob || !box) throw new Error("a voucher is made for each size");
  for (let at = 0; at < cells.length; at += AT_ONCE) {
    const some = cells.slice(at, at + AT_ONCE).map(async (keys, place) => {
      const voucher = paid[at + place]?.voucher;
      if (!voucher) throw new Error("a voucher is made for each size");
      const before = { version: 0, hash: NOBODY };
      const value = new Uint8Array();
      await putCell(api, proof.server, { owner, keys, before, value, voucher });
    });
    // None is under way any more where one has failed: what was made is erased then.
    for (const made of await Promise.allSettled(some)) {
      if (made.status === "rejected") throw made.reason;
    }
  }
  const mailbox = { id: ticket.box, owner: ticket.boxOwner, append: ticket.appendSeed };
  await makeMailbox(api, mailbox, box.voucher, RECEIPT_SECONDS);
  const { voucher } = blob;
  const where = { id: ticket.place, read: ticket.readSeed };
  await storeAsIs({ api, random, signer: owner, voucher, ...where }, sealed);
}

/** What is needed to erase all that a ticket leads to: T, the owner's seed, the steps of each line. */
export interface Draft {
  readonly ticket: Uint8Array;
  readonly owner: Uint8Array;
  readonly steps: readonly number[];
}

/** Erases as much of it as was made; the blob first, so that nobody opens the rest. Rejects as requests do. */
export async function eraseTicket(api: Api, draft: Draft): Promise<void> {
  const [ticket, owner] = [ticketOf(draft.ticket), seedSigner(draft.owner)];
  await unlessGone(deleteBlob(api, owner, b64u(ticket.place)));
  const cells = cellsOf(ticket, draft.steps, owner.publicKey);
  for (let at = 0; at < cells.length; at += AT_ONCE) {
    const some = cells.slice(at, at + AT_ONCE);
    await Promise.all(some.map(({ id }) => unlessGone(deleteCell(api, owner, id))));
  }
  await unlessGone(deleteMailbox(api, { id: ticket.box, owner: ticket.boxOwner }));
}

/** Of all lines, in order. */
const cellsOf = (ticket: Ticket, steps: readonly number[], owner: Uint8Array): CellKeys[] =>
  steps.flatMap((count, line) =>
    Array.from({ length: count }, (_, step) => ticketCell(ticket, line + 1, step + 1, owner)),
  );

async function unlessGone(erasing: Promise<void>): Promise<void> {
  await erasing.catch((error: unknown) => {
    if (!(error instanceof ProtocolError) || error.code !== "not_found") throw error;
  });
}

async function vouchersFor(
  needs: Needs,
  sizes: readonly number[],
  ends: number,
): Promise<readonly Voucher[]> {
  const made: Voucher[] = [];
  for (let at = 0; at < sizes.length; at += VOUCHERS) {
    made.push(...(await registerVouchers(needs, sizes.slice(at, at + VOUCHERS), ends)));
  }
  return made;
}
