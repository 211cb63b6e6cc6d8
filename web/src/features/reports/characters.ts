/** Finds, field by field, the characters that the fonts of the printed page do not have. */
import { type FieldProblem, Findings } from "../prescription/problems.ts";
import type { Draft } from "./draft.ts";

export function unprintableFields(
  draft: Draft,
  unprintable: (text: string) => string[],
): readonly FieldProblem[] {
  const found = new Findings();
  const look = (field: string, text: string): void => {
    const characters = unprintable(text.normalize("NFC"));
    if (characters.length > 0) {
      found.add(field, "unprintable", { characters: characters.join(" ") });
    }
  };
  for (const [name, text] of Object.entries(draft.prescriber)) look(`prescriber.${name}`, text);
  look("patient.family", draft.patient.family);
  look("patient.given", draft.patient.given);
  if (draft.kind === "letter") look("recipient", draft.recipient);
  if (draft.kind !== "record") {
    draft.sections.forEach(({ title, text }, index) => {
      look(`sections.${index}.title`, title);
      look(`sections.${index}.text`, text);
    });
  }
  return found.all;
}
