/** What the form holds while it is being written: text as typed, nothing checked. */
import type { Signer } from "../paper/model.ts";
import { splitName } from "../prescription/draft.ts";
import { KINDS, type Kind, SECTIONS, type SectionKey, type WrittenKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import type { Checks } from "./record.ts";

export interface SectionDraft {
  /** Stays with the section when others come and go. */
  readonly id: string;
  /** Null: one of the author's own, with a title that can be typed. */
  readonly key: SectionKey | null;
  readonly title: string;
  readonly text: string;
}

export interface Draft {
  readonly kind: Kind;
  readonly prescriber: Signer;
  readonly patient: { readonly family: string; readonly given: string; readonly birth: string };
  readonly recipient: string;
  readonly sections: readonly SectionDraft[];
  readonly checks: Checks;
}

/** What the consult knows, to begin with. */
export interface Known {
  /** As the person stated it. */
  readonly name: string;
  /** Why they came, as they wrote it at the door. */
  readonly reason: string;
}

const sectionOf = (key: SectionKey, text = ""): SectionDraft => ({
  id: key,
  key,
  title: SECTIONS[key].fr,
  text,
});

/** An own section; `number` is another each time. */
export const ownSection = (number: number, title = "", text = ""): SectionDraft => ({
  id: `own-${number}`,
  key: null,
  title,
  text,
});

export function newDraft(author: Signer, { name, reason }: Known): Draft {
  // A practitioner's card says more of them: only these are printed, and searched for characters.
  const { name: own, profession, speciality, rpps, address, phone, email } = author;
  const sections = KINDS.consultation.sections.map((key) =>
    sectionOf(key, key === "reason" ? reason : ""),
  );
  return {
    kind: "consultation",
    prescriber: { name: own, profession, speciality, rpps, address, phone, email },
    patient: { ...splitName(name), birth: "" },
    recipient: "",
    sections,
    checks: { compared: false, identity: false },
  };
}

/** Another kind has other sections; what was typed in any of the old ones stays. */
export function withKind(draft: Draft, kind: Kind): Draft {
  if (kind === "record") return { ...draft, kind };
  return { ...draft, kind, sections: arranged(kind, draft.sections) };
}

/** What is why they came in a report is why it is written in a letter. */
const TWINS: Readonly<Partial<Record<SectionKey, SectionKey>>> = {
  reason: "referral",
  referral: "reason",
};

/** The sections of a kind, with what there is of them, then all others that are not empty. */
export function arranged(
  kind: WrittenKind,
  sections: readonly SectionDraft[],
): readonly SectionDraft[] {
  const keys: readonly SectionKey[] = KINDS[kind].sections;
  const used = new Set(keys);
  const known = keys.map((key) => {
    const same = sections.find((one) => one.key === key);
    if (same) return same;
    const twin = sections.find((one) => one.key !== null && one.key === TWINS[key]);
    if (twin?.key) used.add(twin.key);
    return sectionOf(key, twin?.text);
  });
  const others = sections.filter(
    ({ key, title, text }) =>
      (key === null ? title + text : text).trim() !== "" && !(key && used.has(key)),
  );
  return [...known, ...others].slice(0, LIMITS.sections);
}
