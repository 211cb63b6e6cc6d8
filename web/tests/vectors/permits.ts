/** Runs the cases of permit.json and permit_papers.json. */
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import {
  makePermit,
  papersPlace,
  parsePermit,
  permitId,
  vouchersOf,
} from "../../src/sealing/permit.ts";
import { readPapers, signDestination, writePapers } from "../../src/sealing/permit-papers.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import type { Case } from "./case.ts";

/** What a case gives. Refuses with a SealError as the reader does. */
export function runPermit(one: Case): unknown {
  const permit = parsePermit(one.fragment);
  const { secret, size, until, links, practice } = permit;
  const again = makePermit("https://a.example", permit);
  if (!again.endsWith(`/send/#${one.fragment}`)) throw new Error("the link differs");
  const { place, readSeed, key } = papersPlace(permit);
  return {
    secret: b64u(secret),
    practice: b64u(practice ?? new Uint8Array()),
    id: b64u(permitId(permit)),
    place: b64u(place),
    reader: b64u(seedSigner(readSeed).publicKey),
    key: b64u(kemPublic(key)),
    size,
    until,
    links,
    vouchers: vouchersOf(permit).map(({ voucher, bytes }) => ({ voucher: b64u(voucher), bytes })),
  };
}

/** The same, of papers. */
export async function runPapers(one: Case): Promise<unknown> {
  const permit = parsePermit(one.fragment);
  const papers = fromB64u(one.papers);
  const registrar = one.registrar ? fromB64u(one.registrar) : null;
  const found = readPapers(papers, permit, { server: fromB64u(one.server), registrar });
  const { destination, certificate, record, raw } = found;
  if (one.device_seed) {
    const by = { device: seedSigner(fromB64u(one.device_seed)), certificate: certificate.raw };
    const said = await signDestination(permit, destination, by);
    if (!same(writePapers({ ...raw, said }), papers)) throw new Error("what was said differs");
  }
  return {
    mailbox: b64u(destination.mailbox),
    append: b64u(destination.append),
    seal: b64u(destination.seal),
    device: b64u(certificate.device),
    identity: b64u(certificate.identity),
    card: record.card.name,
    attested: record.attestation !== undefined,
  };
}
