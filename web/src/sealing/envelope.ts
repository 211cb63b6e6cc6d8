/** What a sender puts a document in for one reader (Documents, Envelope). */
import * as v from "valibot";
import { ticketHash } from "./dispensing.ts";
import { b64u, jsonBytes, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, readForm, sealedPart, streamedMembers, streamedPart } from "./forms.ts";
import type { SignedObject } from "./signed.ts";
import { readStatement, type Statement } from "./statement.ts";
import { requireVersion } from "./version.ts";

const wholePart = v.object({ ...sealedPart.entries, leaves: v.exactOptional(v.never()) });

const FORM = v.object({
  v: v.literal(1),
  statement: bytesOf(32),
  to: bytesOf(32),
  room: bytesOf(16),
  key: bytesOf(32),
  parts: v.pipe(v.array(v.union([wholePart, streamedPart])), v.minLength(1), v.maxLength(16)),
  /** With it the reader may have a prescription dispensed. */
  ticket: v.exactOptional(bytesOf(32)),
});

/** `statement` is the hash of its signed object, `key` the document key's X-Wing seed. */
export type Envelope = Omit<v.InferOutput<typeof FORM>, "v">;

/** The payload of the signed object. */
export function writeEnvelope(envelope: Envelope): Uint8Array {
  return jsonBytes({
    v: 1,
    statement: b64u(envelope.statement),
    to: b64u(envelope.to),
    room: b64u(envelope.room),
    key: b64u(envelope.key),
    parts: envelope.parts.map((part) =>
      part.leaves
        ? streamedMembers(part)
        : { blob: part.blob, read: b64u(part.read), length: part.length, hash: b64u(part.hash) },
    ),
    ...(envelope.ticket ? { ticket: b64u(envelope.ticket) } : {}),
  });
}

/** Reads a payload whose signature is checked elsewhere. Refuses with `bad_form`, `bad_suite`. */
export function readEnvelope(payload: Uint8Array): Envelope {
  requireVersion(payload);
  const { v: _version, ...envelope } = readForm(FORM, payload, "bad_form");
  return envelope;
}

/**
 * Checks that an envelope is for this reader (a guest key, or an identity key) in this room, before
 * the statement is even looked at. Refuses with `wrong_recipient`.
 */
export function requireRecipient(envelope: Envelope, reader: Uint8Array, room: Uint8Array): void {
  require(same(envelope.to, reader) && same(envelope.room, room), "wrong_recipient");
}

/** The statement that an envelope holds. Refuses with `wrong_statement`, `bad_form`, `bad_suite`. */
export function requireStatement(envelope: Envelope, statement: SignedObject): Statement {
  require(same(envelope.statement, statement.hash), "wrong_statement");
  const said = readStatement(statement.payload);
  require(said.parts.length === envelope.parts.length, "wrong_statement", "another part count");
  const { ticket } = envelope;
  const named = said.dispensing?.ticket;
  const theirs = !ticket || (named !== undefined && same(named, ticketHash(ticket)));
  require(theirs, "wrong_statement", "another prescription's ticket");
  return said;
}
