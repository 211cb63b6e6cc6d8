/** Whose permit it is, for whoever is to send something with it. */
import { ProtocolError } from "../../protocol/errors.ts";
import { openFile } from "../../sealing/agefile.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { b64u } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { PAPERS_BYTES, type Permit, papersPlace } from "../../sealing/permit.ts";
import { type Destination, type PermitPapers, readPapers } from "../../sealing/permit-papers.ts";
import { type PractitionerRecord, requireFresh } from "../../sealing/record.ts";
import type { Clock } from "../ports.ts";
import { fetchRecord, readKept, whoServes } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import { fetchBlob } from "../rooms/blobs.ts";

export interface Behind {
  readonly destination: Destination;
  /** Their newest papers that could be had. */
  readonly record: PractitionerRecord;
  /** Whether the server could be asked, lately, if the device that gave the permit was withdrawn. */
  readonly checked: "fresh" | "stale" | "unknown";
}

interface Needs {
  readonly api: Api;
  readonly clock: Clock;
}

/**
 * Fetches and checks what lies behind a permit. Rejects as `Api.request` does, with `not_found` for one
 * that was withdrawn; refuses as `readPapers` does, and with `rolled_back` or `forked` where the server
 * contradicts it.
 */
export async function lookBehind({ api, clock }: Needs, permit: Permit): Promise<Behind> {
  const { place, readSeed, key } = papersPlace(permit);
  const [sealed, keys] = await Promise.all([
    fetchBlob(api, { blob: b64u(place), read: readSeed, length: PAPERS_BYTES }),
    whoServes(api),
  ]);
  const papers = readPapers(await openFile(sealed, key), permit, {
    server: keys.key,
    registrar: keys.registrar,
  });
  return { destination: papers.destination, ...(await today({ api, clock }, papers)) };
}

async function today(
  { api, clock }: Needs,
  { certificate, raw, record: then }: PermitPapers,
): Promise<Pick<Behind, "record" | "checked">> {
  const { record, server, registrar } = raw;
  const kept = { record, server, registrar: registrar.length > 0 ? registrar : null };
  try {
    const newest = await fetchRecord(api, certificate.identity, kept);
    const found = readKept(certificate.identity, newest);
    requireInForce(found.devices, certificate);
    return { record: found, checked: freshness(found, Math.floor(clock.now() / 1000)) };
  } catch (error) {
    if (error instanceof SealError) throw error;
    // Nobody could be asked: it is for the person to know.
    return { record: then, checked: "unknown" };
  }
}

function freshness(record: PractitionerRecord, now: number): Behind["checked"] {
  try {
    requireFresh(record, now);
    return "fresh";
  } catch {
    return "stale";
  }
}

/** Why nothing is sent with it: a key of a problem's text. */
export function whyNot(error: unknown): { readonly key: string; readonly over: boolean } {
  if (error instanceof SealError) {
    return { key: error.code === "revoked" ? "permit_revoked" : "permit_forged", over: true };
  }
  if (error instanceof ProtocolError) {
    const gone = error.code === "not_found";
    return { key: gone ? "permit_withdrawn" : error.code, over: gone };
  }
  return { key: "offline", over: false };
}
