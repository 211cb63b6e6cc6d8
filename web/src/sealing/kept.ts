/** Documents that somebody keeps: the parts, and all that shows who wrote them (Keeping). */
import { type Authored, readAuthored, requireSecond } from "./authored.ts";
import type { Attestation, Card } from "./card.ts";
import type { Certificate } from "./certificate.ts";
import { requireInForce } from "./device-list.ts";
import { allFields, fields, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { type PractitionerRecord, readReceipt, readRecord } from "./record.ts";
import { readStatement, type Statement } from "./statement.ts";
import { treeHash } from "./tree.ts";

/** What stands beside the parts; the last three are empty where nothing could be had. */
export interface Proof {
  readonly statement: Uint8Array;
  readonly receipt: Uint8Array;
  readonly record: Uint8Array;
  /** Public keys: of the server, and of who attests cards for it. */
  readonly server: Uint8Array;
  readonly registrar: Uint8Array;
}

/**
 * What the proof shows. Without `card` nobody could be asked, when it came, who the author is and
 * whether the device was revoked. Without `certificate` it is by somebody whom nobody knows: whoever
 * held the `key` that signed calls themselves what the statement says.
 */
export interface Authorship {
  readonly key: Uint8Array;
  readonly certificate: Certificate | null;
  readonly statement: Statement;
  readonly card: Card | null;
  readonly attestation: Attestation | null;
  /** When the server saw the statement: Unix seconds. */
  readonly signedAt: number | null;
  /** A second signature holds, too; by the author's key only where there is a card. */
  readonly twice: boolean;
}

/** The plaintext of a kept document's blob. */
export const writeKept = (proof: Proof, parts: readonly Uint8Array[]): Uint8Array =>
  fields(proof.statement, proof.receipt, proof.record, proof.server, proof.registrar, ...parts);

/** Takes it apart, unchecked. Refuses with `bad_form`. */
export function readKeptDocument(raw: Uint8Array): {
  readonly proof: Proof;
  readonly parts: readonly Uint8Array[];
} {
  const [statement, receipt, record, server, registrar, ...parts] = allFields(raw);
  const whole = !!statement && !!receipt && !!record && !!server && !!registrar;
  require(whole && parts.length > 0, "bad_form", "a document without parts");
  return { proof: { statement, receipt, record, server, registrar }, parts };
}

/** Who wrote these parts. Refuses as `checkAuthor` and `requireParts` do. */
export async function checkKept(proof: Proof, parts: readonly Uint8Array[]): Promise<Authorship> {
  const authorship = await checkAuthor(proof);
  requireParts(authorship.statement, parts);
  return authorship;
}

/**
 * Who signed, the parts being checked elsewhere; with `strangers` somebody who is no practitioner may
 * have, if it is no prescription or report. Refuses as `readAuthored`, `readStatement`, `readRecord`
 * and `requireOwn` do, with `bad_form`, `wrong_host`, `revoked`.
 */
export async function checkAuthor(
  proof: Proof,
  strangers: "strangers" | "none" = "none",
): Promise<Authorship> {
  const signed = await readAuthored(proof.statement);
  const { certificate = null, key } = signed;
  const statement = readStatement(signed.payload);
  const twice = signed.second !== "";
  if (!certificate) {
    const may = strangers === "strangers" && !PRACTITIONERS.has(statement.kind);
    require(may, "bad_form", "not by a practitioner's device");
    const none = proof.receipt.length === 0 && proof.record.length === 0;
    require(none, "bad_form", "papers of somebody who has none");
    return { key, certificate, statement, twice, ...NOBODY_ASKED };
  }
  const asked = proof.record.length > 0 ? askedOf(proof, certificate, signed) : NOBODY_ASKED;
  return { key, certificate, statement, twice, ...asked };
}

/**
 * That somebody signed an object who has these papers, and as their card says; `receipt` is of the
 * server with the key `server`. Refuses as `requireSecond`, `readReceipt` and `requireInForce` do.
 */
export function requireOwn(
  { card, devices }: PractitionerRecord,
  signed: Authored,
  receipt: Uint8Array,
  server: Uint8Array,
): number {
  requireSecond(card, signed);
  const at = readReceipt(receipt, signed.hash, server);
  if (signed.certificate) requireInForce(devices, signed.certificate, at);
  return at;
}

/** Refuses with `altered` parts that are not the statement's. */
export function requireParts(statement: Statement, parts: readonly Uint8Array[]): void {
  const whole =
    parts.length === statement.parts.length &&
    statement.parts.every(({ length, tree }, index) => {
      const part = parts[index];
      return part !== undefined && part.length === length && same(treeHash(part), tree);
    });
  require(whole, "altered");
}

/** Kinds of documents that readers take for a practitioner's. */
const PRACTITIONERS: ReadonlySet<Statement["kind"]> = new Set(["prescription", "report"]);
const NOBODY_ASKED = { card: null, attestation: null, signedAt: null };

function askedOf(
  { record, receipt, server, registrar }: Proof,
  certificate: Certificate,
  signed: Authored,
) {
  const keys = server.length === 32 && (registrar.length === 0 || registrar.length === 32);
  require(keys, "bad_form", "a record without its server's key");
  const { identity } = certificate;
  const attested = registrar.length > 0 ? { registrar } : {};
  const found = readRecord(record, { identity, server, ...attested });
  const signedAt = requireOwn(found, signed, receipt, server);
  return { card: found.card, attestation: found.attestation ?? null, signedAt };
}
