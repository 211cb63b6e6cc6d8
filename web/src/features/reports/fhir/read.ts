/** The way back from `bundle.ts`: a report out of the bytes of a FHIR document. */
import * as v from "valibot";
import { isInertLine, isInertText, mustBe, NotOurs, readAgain } from "../../paper/fhir/again.ts";
import { paragraphs } from "../../paper/fhir/narrative.ts";
import { practitionerShape, roleShape, signerOf } from "../../paper/fhir/signer.ts";
import { KINDS, type Kind, keyOf, SECTIONS } from "../kinds.ts";
import { LIMITS } from "../limits.ts";
import type { Report, Section } from "../model.ts";
import { reportBundle } from "./bundle.ts";

const entry = <T extends v.GenericSchema>(resource: T) => v.object({ resource });
const id = v.string();

/** What is needed of what `bundle.ts` writes; other fields are compared. */
const SHAPE = v.object({
  id,
  timestamp: v.string(),
  entry: v.tuple([
    entry(
      v.object({
        id,
        title: v.string(),
        date: v.string(),
        section: v.array(v.object({ title: v.string(), text: v.object({ div: v.string() }) })),
      }),
    ),
    entry(
      v.object({
        id,
        name: v.tuple([v.object({ family: v.string(), given: v.tuple([v.string()]) })]),
        birthDate: v.optional(v.string(), ""),
      }),
    ),
    entry(practitionerShape),
    entry(roleShape),
  ]),
});
const ENTRIES = v.object({ entry: v.array(v.unknown()) });
/** What may come behind them. */
const ENCOUNTER = entry(
  v.object({ id, period: v.object({ start: v.string(), end: v.optional(v.string()) }) }),
);

/** @param bytes UTF-8 JSON */
export const readReport = (bytes: Uint8Array): Report | null =>
  readAgain(bytes, (json) => {
    const read = v.parse(SHAPE, json);
    const behind = v.parse(ENTRIES, json).entry.slice(read.entry.length);
    const encounters = behind.map((one) => v.parse(ENCOUNTER, one));
    const it = reportOf(read, encounters[0]);
    if (!isInert(it)) throw new NotOurs();
    // In the order in which `reportBundle` asks for them.
    const [composition, ...others] = [...read.entry, ...encounters].map(
      ({ resource }) => resource.id,
    );
    const ids = [...others, composition];
    return { it, again: reportBundle(it, () => mustBe(ids.shift())) };
  });

function reportOf(
  { id, timestamp, entry }: v.InferOutput<typeof SHAPE>,
  encounter: v.InferOutput<typeof ENCOUNTER> | undefined,
): Report {
  const [composition, patient, practitioner, role] = entry;
  const { title, date, section } = composition.resource;
  const [{ family, given }] = patient.resource.name;
  const kind = kindOf(title);
  const texts = section.map(({ title, text }) => ({ title, text: linesOf(text.div) }));
  const recipient = kind === "letter" ? mustBe(texts.shift()).text : "";
  const period = encounter?.resource.period;
  return {
    id,
    issued: timestamp,
    date,
    kind,
    author: signerOf(practitioner.resource, role.resource),
    patient: { family, given: given[0], birth: patient.resource.birthDate },
    recipient,
    consult: period ? { start: period.start, end: period.end ?? null } : null,
    sections: texts.map((one) => sectionOf(kind, one)),
  };
}

const KIND_KEYS = Object.keys(KINDS) as Kind[];

const kindOf = (title: string): Kind => mustBe(KIND_KEYS.find((key) => KINDS[key].title === title));

const linesOf = (div: string): string => mustBe(paragraphs(div)).join("\n");

/** What a record says is composed: nothing else stands in it. */
function sectionOf(kind: Kind, { title, text }: Omit<Section, "key">): Section {
  if (kind !== "record") return { key: keyOf(title), title, text };
  const key = mustBe(KINDS.record.sections.find((one) => SECTIONS[one].fr === title));
  return { key, title, text };
}

function isInert({ author: { address, ...author }, recipient, sections, ...others }: Report) {
  const texts = sections.map(({ text }) => text);
  const titles = sections.map(({ title }) => title);
  return (
    sections.length > 0 &&
    [address, recipient].every((text) => isInertText(text)) &&
    texts.every((text) => text !== "" && isInertText(text, LIMITS.text)) &&
    isInertLine([author, titles, others])
  );
}
