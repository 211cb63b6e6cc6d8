/** What can be written, and of which sections it consists: titles in French, as they are signed. */

export const SECTIONS = {
  reason: { fr: "Motif de consultation", loinc: ["29299-5", "Reason for visit Narrative"] },
  referral: { fr: "Motif du courrier", loinc: ["42349-1", "Reason for referral (narrative)"] },
  history: {
    fr: "Histoire et antécédents",
    loinc: ["10164-2", "History of Present illness Narrative"],
  },
  findings: { fr: "Constatations", loinc: ["29545-1", "Physical findings Narrative"] },
  conclusion: { fr: "Conclusion", loinc: ["51848-0", "Evaluation note"] },
  plan: { fr: "Conduite à tenir", loinc: ["18776-5", "Plan of care note"] },
  /** Of the record, which is composed and not typed. */
  people: { fr: "Personnes présentes", loinc: null },
  checks: { fr: "Ce qui a été vérifié", loinc: null },
  course: { fr: "Déroulement", loinc: null },
  incidents: { fr: "Incidents", loinc: null },
  documents: { fr: "Documents échangés", loinc: null },
} as const;
export type SectionKey = keyof typeof SECTIONS;

interface KindRow {
  /** Of the document, in French. */
  readonly title: string;
  readonly loinc: readonly [code: string, display: string];
  /** What its files are called, before the day. */
  readonly file: string;
  readonly sections: readonly SectionKey[];
}

export const KINDS = {
  consultation: {
    title: "Compte rendu de consultation",
    loinc: ["11488-4", "Consult note"],
    file: "compte-rendu",
    sections: ["reason", "history", "findings", "conclusion", "plan"],
  },
  letter: {
    title: "Courrier médical",
    loinc: ["57133-1", "Referral note"],
    file: "courrier",
    sections: ["referral", "history", "findings", "plan"],
  },
  record: {
    title: "Relevé de téléconsultation",
    loinc: ["51851-4", "Administrative note"],
    file: "releve",
    sections: ["people", "checks", "course", "incidents", "documents"],
  },
} as const satisfies Readonly<Record<string, KindRow>>;
export type Kind = keyof typeof KINDS;
/** The kinds that somebody writes. */
export type WrittenKind = Exclude<Kind, "record">;

/** The known section of that title which can be written; null where it is the author's own. */
export function keyOf(title: string): SectionKey | null {
  const keys = Object.keys(SECTIONS) as SectionKey[];
  return keys.find((key) => SECTIONS[key].loinc && SECTIONS[key].fr === title) ?? null;
}

/** What heads the address of a letter. */
export const RECIPIENT = "Destinataire";
