/** What lies behind a permit: whose it is, and where what is sent with it goes (Permits). */
import * as v from "valibot";
import type { Certificate } from "./certificate.ts";
import { requireInForce } from "./device-list.ts";
import {
  allFields,
  b64u,
  concat,
  fields,
  jsonBytes,
  requireHead,
  SUITE,
  same,
  takeFields,
  u8,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, readForm } from "./forms.ts";
import type { Signer } from "./keys.ts";
import { padme } from "./padme.ts";
import { type Permit, permitId, practiceOf } from "./permit.ts";
import { type PractitionerRecord, readRecord } from "./record.ts";
import { readObject, signObject } from "./signed.ts";
import { requireVersion } from "./version.ts";

const KIND = 20;
const HEAD_BYTES = 2;

const FORM = v.object({
  v: v.literal(1),
  permit: bytesOf(16),
  mailbox: bytesOf(16),
  append: bytesOf(32),
  seal: bytesOf(1216),
});

/** Where the letter goes: a mailbox, the seed of a key that may append to it, and an X-Wing key. */
export interface Destination {
  readonly mailbox: Uint8Array;
  readonly append: Uint8Array;
  readonly seal: Uint8Array;
}

/** What the practice puts there, as it travels; `registrar` is empty where there is none. */
export interface Papers {
  readonly said: Uint8Array;
  readonly record: Uint8Array;
  readonly server: Uint8Array;
  readonly registrar: Uint8Array;
}

/** Checked papers; the `record` is of the day on which they were put there. */
export interface PermitPapers {
  readonly destination: Destination;
  readonly certificate: Certificate;
  readonly record: PractitionerRecord;
  readonly raw: Papers;
}

/** A device of the practice, with its certificate (137 bytes), says where what is sent goes. */
export async function signDestination(
  permit: Pick<Permit, "secret">,
  { mailbox, append, seal }: Destination,
  { device, certificate }: { readonly device: Signer; readonly certificate: Uint8Array },
): Promise<Uint8Array> {
  const to = { mailbox: b64u(mailbox), append: b64u(append), seal: b64u(seal) };
  const payload = jsonBytes({ v: 1, permit: b64u(permitId(permit)), ...to });
  return await signObject("permit", payload, device, certificate);
}

/** The plaintext of the blob. */
export function writePapers({ said, record, server, registrar }: Papers): Uint8Array {
  const inside = fields(fields(said, record, server, registrar));
  const raw = concat(u8(SUITE), u8(KIND), inside);
  const padded = new Uint8Array(padme(raw.length));
  padded.set(raw);
  return padded;
}

/**
 * Checks papers against the permit, and the keys of the server where they lay. Refuses with `bad_suite`,
 * `bad_form`; `wrong_host` for another server's or another practice's, `wrong_registrar`,
 * `wrong_recipient` for another permit's, `revoked`, and as `readObject` and `readRecord` do.
 */
export function readPapers(
  raw: Uint8Array,
  permit: Pick<Permit, "secret" | "practice">,
  keys: { readonly server: Uint8Array; readonly registrar: Uint8Array | null },
): PermitPapers {
  requireHead(raw, KIND);
  const [inside] = takeFields(raw.subarray(HEAD_BYTES), [null]);
  const papers = papersOf(inside);
  const { said, record, server } = papers;
  require(same(server, keys.server), "wrong_host", "another server's papers");
  const registrar = papers.registrar.length > 0 ? papers.registrar : null;
  const known = registrar === null || (keys.registrar && same(registrar, keys.registrar));
  require(!!known, "wrong_registrar");
  const { payload, certificate } = readObject("permit", said);
  requireVersion(payload);
  const { permit: named, mailbox, append, seal } = readForm(FORM, payload, "bad_form");
  require(certificate !== undefined, "bad_form", "not by a device");
  require(same(named, permitId(permit)), "wrong_recipient", "of another permit");
  const { identity } = certificate;
  const theirs = permit.practice !== null && same(practiceOf(identity), permit.practice);
  require(theirs, "wrong_host", "another practice's papers");
  const asked = { identity, server, ...(registrar ? { registrar } : {}) };
  const found = readRecord(record, asked);
  requireInForce(found.devices, certificate);
  return { destination: { mailbox, append, seal }, certificate, record: found, raw: papers };
}

function papersOf(inside: Uint8Array): Papers {
  const [said, record, server, registrar, ...more] = allFields(inside);
  const four = !!said && !!record && !!server && !!registrar && more.length === 0;
  require(four, "bad_form", "other than four fields");
  return { said, record, server, registrar };
}
