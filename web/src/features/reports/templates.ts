/** What a doctor begins reports and letters with, of their own, on every device of the practice. */
import * as v from "valibot";
import { textOf } from "../../sealing/forms.ts";
import { inert, inertLines } from "../inert.ts";
import { createKeptList, type Kept, type KeptList } from "../paper/kept-list.ts";
import { arranged, type Draft, ownSection, type SectionDraft } from "./draft.ts";
import { SECTIONS, type SectionKey, type WrittenKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

export interface Template {
  /** What tells it from the others. */
  readonly name: string;
  readonly kind: WrittenKind;
  readonly sections: readonly Pick<SectionDraft, "key" | "title" | "text">[];
}

export type Templates = KeptList<Template>;

/** Its members in the order in which they are kept. */
const FORM = v.object({
  name: v.pipe(textOf(LIMITS.templateName), v.minLength(1)),
  kind: v.picklist(["consultation", "letter"]),
  sections: v.pipe(
    v.array(
      v.object({
        key: v.nullable(v.picklist(Object.keys(SECTIONS) as SectionKey[])),
        title: textOf(LIMITS.title),
        text: textOf(LIMITS.text),
      }),
    ),
    v.maxLength(LIMITS.sections),
  ),
});

export const createTemplates = (kept: Kept): Templates => createKeptList(kept, "template", FORM);

/** The sections as they are now, and nothing of the patient's or the consult's beside them. */
export function templateOf(name: string, { kind, sections }: Draft): Template | null {
  const called = inert(name, LIMITS.templateName);
  if (kind === "record" || called === "") return null;
  const kept = sections.map(({ key, title, text }) => ({
    key,
    title: inert(title, LIMITS.title),
    text: inertLines(text, LIMITS.text),
  }));
  return { name: called, kind, sections: kept };
}

/** Begins with a template; what was typed already stays, above what the template has there. */
export function withTemplate(draft: Draft, template: Template, number: () => number): Draft {
  const given = template.sections.map(({ key, title, text }) =>
    key !== null
      ? { id: key, key, title: SECTIONS[key].fr, text }
      : ownSection(number(), title, text),
  );
  const merged = given.map((one) => {
    const before = one.key && draft.sections.find(({ key }) => key === one.key);
    const text = [before ? before.text.trim() : "", one.text].filter(Boolean).join("\n");
    return { ...one, text };
  });
  const others = draft.sections.filter(
    ({ key }) => key === null || !given.some((one) => one.key === key),
  );
  const { kind } = template;
  return { ...draft, kind, sections: arranged(kind, [...merged, ...others]) };
}
