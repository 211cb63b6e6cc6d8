/** What a doctor begins reports and letters with, of their own, on this device. */
import { inert, inertLines } from "../inert.ts";
import { createKeptList, type KeptList } from "../paper/kept-list.ts";
import type { Vaults } from "../ports.ts";
import { arranged, type Draft, ownSection, type SectionDraft } from "./draft.ts";
import { KINDS, SECTIONS, type WrittenKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

export interface Template {
  /** What tells it from the others. */
  readonly name: string;
  readonly kind: WrittenKind;
  readonly sections: readonly Pick<SectionDraft, "key" | "title" | "text">[];
}

export type Templates = KeptList<Template>;

export const createTemplates = ({ vaults }: { readonly vaults: Vaults }): Templates =>
  createKeptList(vaults, "templates", LIMITS.templates);

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
  // One that was kept by another version may name what is not there any more.
  if (!Object.hasOwn(KINDS, template.kind)) return draft;
  const given = template.sections.map(({ key, title, text }) =>
    key !== null && Object.hasOwn(SECTIONS, key)
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
