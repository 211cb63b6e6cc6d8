/** The record of a consult: sections composed of what is known, in French, without what was said. */
import type { DocumentLine } from "../consult/call.ts";
import { inert } from "../inert.ts";
import type { Signer } from "../paper/model.ts";
import type { Incident, Seen } from "./journal.ts";
import { SECTIONS, type SectionKey } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import type { Section } from "./model.ts";

/** What the doctor says to have checked: no device can know it. */
export interface Checks {
  /** The authentication string was read out and compared. */
  readonly compared: boolean;
  readonly identity: boolean;
}

export interface Facts {
  readonly author: Signer;
  /** As the person stated it. */
  readonly patient: string;
  readonly checks: Checks;
  readonly seen: Pick<Seen, "watched"> & {
    readonly began: number | null;
    readonly ended: number | null;
    readonly incidents: readonly Incident[];
  };
  readonly documents: readonly Pick<DocumentLine, "mine" | "kind" | "at" | "state">[];
  /** When it is composed. */
  readonly now: number;
  /** Day and time of a moment where the author is. */
  moment(at: number): string;
}

const INCIDENTS: Readonly<Record<Incident["what"], string>> = {
  interrupted: "connexion interrompue",
  back: "connexion rétablie",
  number: "le numéro de vérification a changé (nouvel appareil, ou données effacées)",
  refused: "une vérification du chiffrement a échoué, l’image n’a pas été montrée",
  left: "le patient n’était plus dans la consultation",
  moved: "la consultation a continué sur un autre appareil du praticien",
  returned: "le patient est revenu, admis de nouveau par le praticien",
};
const DOCUMENTS: Readonly<Record<DocumentLine["kind"], string>> = {
  prescription: "ordonnance",
  report: "compte rendu ou courrier",
  file: "document",
  imaging: "imagerie",
};
const STATES: Readonly<Record<DocumentLine["state"], string>> = {
  sending: "en cours d’envoi",
  sent: "en attente de l’appareil du patient",
  received: "reçu, pas encore vérifié",
  verified: "reçu, signature vérifiée",
  refused: "refusé par l’appareil qui l’a reçu",
  opened: "reçu et ouvert",
};
/** A page that took up a consult this long after it began was loaded anew. */
const LATE = 5_000;

export function recordSections(facts: Facts): readonly Section[] {
  const section = (key: SectionKey, lines: readonly string[]): Section => ({
    key,
    title: SECTIONS[key].fr,
    text: lines.map((line) => inert(line, LIMITS.text)).join("\n"),
  });
  return [
    section("people", people(facts)),
    section("checks", checks(facts)),
    section("course", course(facts)),
    section("incidents", incidents(facts)),
    section("documents", documents(facts)),
  ];
}

const people = ({ author, patient }: Facts): string[] => [
  `Praticien : ${author.name}, ${author.profession}, ${author.speciality}, RPPS ${author.rpps}.`,
  `Patient : ${patient}, nom déclaré.`,
];

const checks = ({ checks: { compared, identity } }: Facts): string[] => [
  "Échange chiffré de bout en bout entre l’appareil du praticien et celui du patient.",
  "Le patient a été admis par le praticien, avec le lien remis pour cette consultation.",
  compared
    ? "Le praticien déclare avoir comparé à voix haute le numéro de vérification."
    : "Le numéro de vérification n’a pas été comparé à voix haute.",
  identity
    ? "Le praticien déclare avoir vérifié l’identité du patient."
    : "L’identité du patient n’a pas été vérifiée.",
];

function course({ seen: { began, ended }, now, moment }: Facts): string[] {
  if (began === null) return ["La communication n’a pas été établie."];
  const minutes = Math.max(1, Math.round(((ended ?? now) - began) / 60_000));
  const lasted = `${minutes} minute${minutes > 1 ? "s" : ""}`;
  return [
    `Début : ${moment(began)}.`,
    ended === null
      ? `Fin : la consultation n’était pas terminée quand ce relevé a été établi (${moment(now)}), après ${lasted}.`
      : `Fin : ${moment(ended)}, soit ${lasted}.`,
    "Heures de l’appareil du praticien.",
  ];
}

function incidents({ seen, moment }: Facts): string[] {
  const { began, watched, incidents: all } = seen;
  const late = began !== null && watched - began > LATE;
  const before = late
    ? [`Page du praticien rechargée à ${moment(watched)} : ce qui précède n’est pas connu.`]
    : [];
  const shown = all
    .slice(0, LIMITS.incidents)
    .map(({ at, what }) => `${moment(at)} : ${INCIDENTS[what]}.`);
  const more = all.length > shown.length ? ["D’autres incidents ont suivi."] : [];
  const lines = [...before, ...shown, ...more];
  return lines.length > 0 ? lines : ["Aucun."];
}

function documents({ documents: all, moment }: Facts): string[] {
  const lines = all
    .slice(0, LIMITS.documents)
    .map(
      ({ mine, kind, at, state }) =>
        `${moment(Date.parse(at))} : ${DOCUMENTS[kind]}, ${mine ? "du praticien au patient" : "du patient au praticien"} (${STATES[state]}).`,
    );
  const more = all.length > lines.length ? ["D’autres documents ont suivi."] : [];
  return lines.length > 0 ? [...lines, ...more] : ["Aucun."];
}
