/** Requests about cells: nothing that the server says of one is taken unchecked (protocol.md, 7). */
import {
  type CellKeys,
  type CellState,
  type Claimed,
  makeClaim,
  makeVersion,
  readAccepted,
  readClaimed,
  readPart,
  type Seen,
} from "../../sealing/cell.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import type { Signer } from "../../sealing/keys.ts";
import type { Api } from "./api.ts";

const target = (cell: Uint8Array): string => `/v1/cells/${b64u(cell)}`;

interface NextVersion {
  readonly owner: Signer;
  readonly keys: CellKeys;
  readonly before: Seen;
  readonly value: Uint8Array;
  /** The last version: none follows. */
  readonly closed?: boolean;
  /** What pays for a first version. */
  readonly voucher?: Uint8Array;
}

/**
 * Gives a cell the version after `before`, and resolves with what to remember; `server` is the key
 * that it signs with. Rejects with `stale_version` where another one came first.
 */
export async function putCell(
  api: Api,
  server: Uint8Array,
  { owner, keys, before, value, closed, voucher }: NextVersion,
): Promise<Seen> {
  const { body, seen } = await makeVersion(owner, keys, before, value, closed);
  const paid = voucher ? `?voucher=${b64u(voucher)}` : "";
  const answer = await api.request({
    method: "PUT",
    target: target(keys.id) + paid,
    signer: owner,
    body,
    media: "application/octet-stream",
  });
  readAccepted(answer, seen, server);
  return seen;
}

export interface ReadCell {
  readonly seen: Seen;
  /** Links in between are no longer kept, and went unchecked. */
  readonly gap: boolean;
  readonly state: CellState;
}

/** The newest version, following on what was seen. Refuses with `rolled_back`, `forked` and more. */
export async function readCell(
  api: Api,
  server: Uint8Array,
  reader: Signer,
  keys: CellKeys,
  before: Seen,
): Promise<ReadCell> {
  let [seen, gap] = [before, false];
  for (;;) {
    const wanted = `${target(keys.id)}?after=${Math.max(seen.version - 1, 0)}`;
    const answer = await api.request({ method: "GET", target: wanted, signer: reader });
    const part = readPart(answer, keys, server, seen);
    gap ||= part.gap;
    seen = part.seen;
    if (part.state) return { seen, gap, state: part.state };
  }
}

/**
 * Claims a cell for a key and a receipt's hash; again gives the same. Rejects with `already_claimed`,
 * `cell_closed`; refuses with `altered` an answer about another claim.
 */
export async function claimCell(
  api: Api,
  server: Uint8Array,
  claim: Signer,
  keys: CellKeys,
  claimant: Uint8Array,
  receipt: Uint8Array,
): Promise<Claimed> {
  const answer = await api.request({
    method: "POST",
    target: target(keys.id),
    signer: claim,
    body: await makeClaim(claim, keys.id, claimant, receipt),
    media: "application/octet-stream",
  });
  const claimed = readClaimed(answer, keys, server);
  const ours = same(claimed.claimant, claimant) && same(claimed.receipt, receipt);
  require(ours, "altered", "an answer about another claim");
  return claimed;
}

export async function deleteCell(api: Api, owner: Signer, cell: Uint8Array): Promise<void> {
  await api.request({ method: "DELETE", target: target(cell), signer: owner });
}
