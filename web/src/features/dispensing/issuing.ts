/** Makes all that a ticket leads to (Dispensing). Large: imported late. */
import { sealFile } from "../../sealing/agefile.ts";
import { NOBODY } from "../../sealing/cell.ts";
import type { Dispensing } from "../../sealing/dispensing.ts";
import { writeHanded } from "../../sealing/handed.ts";
import type { Proof } from "../../sealing/kept.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import { type Ticket, ticketCell } from "../../sealing/ticket.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import { makeMailbox } from "../mail/mailboxes.ts";
import type { Api } from "../rooms/api.ts";
import { storeAsIs } from "../rooms/blobs.ts";
import { putCell } from "../rooms/cells.ts";
import { registerVouchers, type Voucher } from "../rooms/vouchers.ts";
import { RECEIPT_SECONDS, TICKET_STAYS } from "./limits.ts";

/** What a cell's value may come to, and all receipts of a prescription. */
const CELL_BYTES = 4_096;
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
  const cells = dispensing.lines.flatMap(({ steps }, line) =>
    Array.from({ length: steps }, (_, step) =>
      ticketCell(ticket, line + 1, step + 1, dispensing.owner),
    ),
  );
  const ends = Math.floor((Date.parse(dispensing.until) + TICKET_STAYS) / 1000);
  const sizes = [sealed.length, BOX_BYTES, ...cells.map(() => CELL_BYTES)];
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
    await Promise.all(some);
  }
  const mailbox = { id: ticket.box, owner: ticket.boxOwner, append: ticket.appendSeed };
  await makeMailbox(api, mailbox, box.voucher, RECEIPT_SECONDS);
  const { voucher } = blob;
  const where = { id: ticket.place, read: ticket.readSeed };
  await storeAsIs({ api, random, signer: owner, voucher, ...where }, sealed);
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
