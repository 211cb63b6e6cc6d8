/** Finds, field by field, the characters that the fonts of the printed page do not have. */

import type { Signature } from "../paper/model.ts";
import type { Draft, LineDraft } from "./draft.ts";
import { type FieldProblem, Findings } from "./problems.ts";

const LINE_TEXTS = [
  "substance",
  "brand",
  "otherForm",
  "advice",
  "pharmacy",
] as const satisfies (keyof LineDraft)[];

export function unprintableFields(
  draft: Draft,
  unprintable: (text: string) => string[],
): readonly FieldProblem[] {
  const found = new Findings();
  const look = (field: string, text: string): void => {
    const characters = unprintable(text.normalize("NFC"));
    if (characters.length > 0)
      found.add(field, "unprintable", { characters: characters.join(" ") });
  };
  for (const [name, text] of Object.entries(draft.prescriber)) look(`prescriber.${name}`, text);
  look("patient.family", draft.patient.family);
  look("patient.given", draft.patient.given);
  draft.lines.forEach((line, index) => {
    for (const name of LINE_TEXTS) look(`lines.${index}.${name}`, line[name]);
  });
  look("instructions", draft.instructions);
  return found.all;
}

export function unprintableSignature(
  signature: Signature,
  unprintable: (text: string) => string[],
): readonly FieldProblem[] {
  const characters = signature.kind === "typed" ? unprintable(signature.text).join(" ") : "";
  return characters === ""
    ? []
    : [{ field: "signature", key: "unprintable", values: { characters } }];
}
