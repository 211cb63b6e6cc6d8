/** Runs the cases of dispensing.json. */
import type { CellState } from "../../src/sealing/cell.ts";
import {
  type Dispensed,
  follow,
  readDispensed,
  readRevocation,
  signDispensed,
  writeRevocation,
} from "../../src/sealing/dispensing.ts";
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import {
  openNote,
  parseTicket,
  sealNote,
  ticketCell,
  ticketLink,
  ticketOf,
} from "../../src/sealing/ticket.ts";
import { readTwoClaims, writeTwoClaims } from "../../src/sealing/two-claims.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import type { Case } from "./case.ts";

const bytes = (text: string): Uint8Array => fromB64u(text);

/** What a case gives. Refuses with a SealError as the readers do. */
export async function runDispensing(one: Case): Promise<unknown> {
  if (one.what === "fragment") return runFragment(one);
  if (one.what === "cell") {
    const cell = ticketCell(ticketOf(bytes(one.secret)), one.line, one.step, bytes(one.owner));
    return { id: b64u(cell.id), read: b64u(cell.read), claim: b64u(cell.claim) };
  }
  if (one.what === "note") return runNote(one);
  if (one.what === "receipt") return runReceipt(one);
  if (one.what === "two claims") return runTwoClaims(one);
  if (one.what === "revocation") {
    const found = readRevocation(bytes(one.payload));
    requireSame(writeRevocation(found), bytes(one.payload));
    return found;
  }
  return runLine(one);
}

function runTwoClaims(one: Case) {
  const found = readTwoClaims(bytes(one.proof));
  requireSame(writeTwoClaims(found), bytes(one.proof));
  const { origin, server, cell, key, seen, claims } = found;
  return {
    origin,
    server: b64u(server),
    cell: b64u(cell),
    key: b64u(key),
    seen,
    claims: claims.map(({ raw }) => b64u(raw)),
  };
}

function requireSame(made: Uint8Array, expected: Uint8Array): void {
  if (!same(made, expected)) throw new Error("written again it differs");
}

function runFragment(one: Case) {
  const ticket = parseTicket(one.fragment);
  if (!ticketLink("https://x", ticket.secret).endsWith(one.fragment))
    throw new Error("another link");
  return {
    secret: b64u(ticket.secret),
    hash: b64u(ticket.hash),
    place: b64u(ticket.place),
    reader: b64u(ticket.reader.publicKey),
    key: b64u(kemPublic(ticket.key)),
    claim: b64u(ticket.claim.publicKey),
    box: b64u(ticket.box),
    box_owner: b64u(ticket.boxOwner.publicKey),
    append: b64u(seedSigner(ticket.appendSeed).publicKey),
  };
}

function runNote(one: Case) {
  const ticket = ticketOf(bytes(one.secret));
  const place = bytes(one.place);
  const plain = openNote(ticket, place, bytes(one.note));
  if (one.salt) {
    requireSame(
      sealNote(ticket, place, plain, () => bytes(one.salt)),
      bytes(one.note),
    );
  }
  return { plain: b64u(plain) };
}

const membersOf = (said: Dispensed) => ({
  ...said,
  prescription: b64u(said.prescription),
  previous: b64u(said.previous),
  random: b64u(said.random),
});

async function runReceipt(one: Case) {
  const { said, claimant, hash, certificate } = readDispensed(bytes(one.receipt));
  if (one.seed) {
    const by = certificate && {
      device: seedSigner(bytes(one.device)),
      certificate: certificate.raw,
    };
    const again = await signDispensed(said, seedSigner(bytes(one.seed)), by);
    requireSame(again, bytes(one.receipt));
  }
  return {
    hash: b64u(hash),
    claimant: b64u(claimant),
    certificate: certificate ? b64u(certificate.raw) : null,
    said: membersOf(said),
  };
}

const cellOf = ({ closed, claimed }: Case): CellState => ({
  value: new Uint8Array(0),
  closed,
  accepted: 1,
  claimed: claimed && {
    claimant: bytes(claimed.claimant),
    receipt: bytes(claimed.receipt),
    at: claimed.at,
    raw: new Uint8Array(0),
  },
});

function runLine(one: Case) {
  const found = follow(
    { deliveries: one.deliveries, steps: one.steps },
    one.number,
    bytes(one.prescription),
    one.cells.map(cellOf),
    one.receipts.map((raw: string) => readDispensed(bytes(raw))),
  );
  return {
    ...found,
    given: found.given.map(({ hash }) => b64u(hash)),
    previous: b64u(found.previous),
  };
}
