/** A practitioner's papers, asked of the server and believed no further than they are signed. */
import * as v from "valibot";
import { b64u, jsonObject, same } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { bytesOf } from "../../sealing/forms.ts";
import { type PractitionerRecord, readRecord } from "../../sealing/record.ts";
import type { Api } from "../rooms/api.ts";

/** More than a card with its attestation and a full list of devices come to. */
const RECORD_BYTES = 16 * 1024;
const SERVER_BYTES = 4 * 1024;

const SERVER = v.object({ key: bytesOf(32), registrar: v.nullable(bytesOf(32)) });

/** The newest papers that were seen, as they travelled, and whose word they stood on. */
export interface KeptRecord {
  readonly record: Uint8Array;
  /** Public keys: of the server, and of who attests cards for it. */
  readonly server: Uint8Array;
  readonly registrar: Uint8Array | null;
}

/** Reads what was kept: it was checked when it came. Refuses with a SealError. */
export const readKept = (identity: Uint8Array, kept: KeptRecord): PractitionerRecord =>
  readRecord(kept.record, { identity, ...keysOf(kept) });

/**
 * Asks for somebody's papers, and checks them against what was kept. Rejects as `Api.open` does;
 * refuses with what `readRecord` does, and with `forked` where the server has other keys now.
 */
export async function fetchRecord(
  api: Api,
  identity: Uint8Array,
  last: KeptRecord | undefined,
): Promise<KeptRecord> {
  const asked = api.open(`/v1/practitioners/${b64u(identity)}`);
  // Whoever was let in waits for both; that there are no papers is told below.
  asked.catch(() => undefined);
  const { key: server, registrar } = await whoServes(api);
  if (last) requireSame(last, { server, registrar });
  const record = await asked;
  require(record.length <= RECORD_BYTES, "bad_form");
  const known = last && readKept(identity, last);
  const before = known ? { last: { card: known.cardRaw, devices: known.devices.raw } } : {};
  readRecord(record, { identity, ...keysOf({ server, registrar }), ...before });
  return { record, server, registrar };
}

/** The keys that a server says are its own, and its registrar's. Refuses with `bad_form`. */
export async function whoServes(api: Api) {
  const answer = await api.open("/v1/server");
  require(answer.length <= SERVER_BYTES, "bad_form");
  const found = v.safeParse(SERVER, jsonObject(answer));
  if (!found.success) throw new SealError("bad_form");
  return found.output;
}

type Keys = Omit<KeptRecord, "record">;

const keysOf = ({ server, registrar }: Keys) => ({ server, ...(registrar ? { registrar } : {}) });

/** Refuses with `forked`. A registrar may come where there was none. */
function requireSame(before: Keys, now: Keys): void {
  const { registrar } = before;
  const attested = !registrar || (now.registrar !== null && same(registrar, now.registrar));
  const holds = same(before.server, now.server) && attested;
  require(holds, "forked", "the server signs with another key than before");
}
