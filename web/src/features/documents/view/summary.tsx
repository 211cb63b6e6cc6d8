import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { dayWords, type Lang } from "../../paper/days.ts";
import type { Line, Prescription } from "../../prescription/model.ts";
import { formatNumber } from "../../prescription/numbers.ts";
import { ZONES } from "../../prescription/vocabulary.ts";
import {
  deliveryWords,
  dosageWords,
  lettersWords,
  NARCOTIC_NOTE,
  overlapWords,
  pharmacyWords,
  substitutionWords,
  supplyWords,
  titleWords,
} from "../../prescription/wording.ts";
import { zonesOf } from "../../prescription/zones.ts";
import { SignerFacts } from "./signer.tsx";
import "./documents.css";

/** A prescription in plain words, in the language shown: what the FHIR document says, all of it. */
export function PrescriptionSummary({
  it,
  words,
}: {
  readonly it: Prescription;
  /** The language of the medicine lines, where it is not the one shown. */
  readonly words?: Lang;
}) {
  const say = useTexts("documents");
  const shown = useAllTexts().language.value;
  const lang = words ?? shown;
  const { patient, prescriber } = it;
  const sex = { F: say("sexF"), M: say("sexM"), I: say("sexI") }[patient.sex];
  return (
    <div class="summary">
      <dl class="summary-facts">
        <SignerFacts label={say("prescriber")} who={prescriber} />
        <div>
          <dt>{say("patient")}</dt>
          <dd>
            <strong>{`${patient.given} ${patient.family}`}</strong>
            <span>{say("born", { day: dayWords(patient.birth, shown) })}</span>
            <span>{say("fact", { label: say("sex"), value: sex })}</span>
            {patient.weight !== null && (
              <span>
                {say("fact", {
                  label: say("weight"),
                  value: `${formatNumber(patient.weight, shown)} kg`,
                })}
              </span>
            )}
            {patient.height !== null && (
              <span>
                {say("fact", {
                  label: say("height"),
                  value: `${formatNumber(patient.height, shown)} cm`,
                })}
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>{say("date")}</dt>
          <dd>{dayWords(it.date, shown)}</dd>
        </div>
      </dl>
      <h4>{say("medicines")}</h4>
      {zonesOf(it.lines)
        .filter(({ lines }) => lines.length > 0)
        .map(({ zone, first, lines }) => (
          <section key={zone} lang={lang} class="summary-zone">
            {zone && <h5>{ZONES[zone][lang]}</h5>}
            <ol class="summary-lines" start={first + 1}>
              {lines.map((line, i) => (
                <li key={i}>
                  <LineWords line={line} lang={lang} />
                </li>
              ))}
            </ol>
          </section>
        ))}
      <NarcoticNote lines={it.lines} lang={lang} />
      {it.instructions !== "" && (
        <>
          <h4>{say("instructions")}</h4>
          <p class="lines" lang="fr">
            {it.instructions}
          </p>
        </>
      )}
    </div>
  );
}

/**
 * One medicine in plain words: all that was signed of it but its zone. It stands here, since a module
 * that this one and the counter share would be one more name in what a patient fetches first.
 */
export function LineWords({ line, lang }: { readonly line: Line; readonly lang: Lang }) {
  return (
    <>
      <strong>{titleWords(line, lang)}</strong>
      <span>{dosageWords(line, lang)}</span>
      {line.narcotic && (
        <span lang="fr" class="firm">
          {lettersWords(line)}
        </span>
      )}
      {line.advice !== "" && <span lang="fr">{line.advice}</span>}
      <span>{supplyWords(line, lang)}</span>
      {[overlapWords, deliveryWords, pharmacyWords].map((words) => {
        const text = words(line, lang);
        return text !== "" && <span key={text}>{text}</span>;
      })}
      {line.notSubstitutable && <span class="firm">{substitutionWords(line, lang)}</span>}
    </>
  );
}

/** What is to be known where one of the lines is a narcotic. */
export function NarcoticNote({
  lines,
  lang,
}: {
  readonly lines: readonly Line[];
  readonly lang: Lang;
}) {
  return lines.some(({ narcotic }) => narcotic) ? (
    <p class="small" lang={lang}>
      {NARCOTIC_NOTE[lang]}
    </p>
  ) : null;
}
