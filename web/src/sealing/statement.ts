/** What an author signs about a document (Documents, Statement). */
import * as v from "valibot";
import { dispensingForm, dispensingMembers } from "./dispensing.ts";
import { b64u, jsonBytes } from "./encoding.ts";
import { bytesOf, natural, readForm, textOf, time } from "./forms.ts";
import { requireVersion } from "./version.ts";

const text = textOf(200);
const name = v.pipe(text, v.minLength(1));

const FORM = v.pipe(
  v.object({
    v: v.literal(1),
    kind: v.picklist(["prescription", "file", "imaging", "report"]),
    issued: time,
    random: bytesOf(32),
    author: v.object({
      name,
      profession: v.exactOptional(text),
      speciality: v.exactOptional(text),
      rpps: v.exactOptional(text),
    }),
    subject: v.nullish(
      v.object({
        name,
        birth: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/))),
        sex: v.exactOptional(text),
      }),
      null,
    ),
    parts: v.pipe(
      v.array(
        v.object({
          name: v.optional(text, ""),
          media: v.optional(textOf(100), ""),
          length: natural,
          tree: bytesOf(32),
        }),
      ),
      v.minLength(1),
      v.maxLength(16),
    ),
    /** Of a prescription that is dispensed with a ticket. */
    dispensing: v.exactOptional(dispensingForm),
  }),
  v.check(({ kind, dispensing }) => kind === "prescription" || !dispensing),
);

export type Statement = Omit<v.InferOutput<typeof FORM>, "v">;
/** One part as its author describes it: `length` and `tree` are of the plaintext. */
export type PartInfo = Statement["parts"][number];

/** The payload of the signed object. Refuses with `bad_form` what no reader would take. */
export function writeStatement(statement: Statement): Uint8Array {
  const { kind, issued, random, author, subject, parts, dispensing } = statement;
  const payload = jsonBytes({
    v: 1,
    kind,
    issued,
    random: b64u(random),
    author,
    subject,
    parts: parts.map((part) => ({ ...part, tree: b64u(part.tree) })),
    ...(dispensing ? { dispensing: dispensingMembers(dispensing) } : {}),
  });
  readStatement(payload);
  return payload;
}

/** Reads a payload whose signature is checked elsewhere. Refuses with `bad_form`, `bad_suite`. */
export function readStatement(payload: Uint8Array): Statement {
  requireVersion(payload);
  const { v: _version, ...statement } = readForm(FORM, payload, "bad_form");
  return statement;
}
