import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { dayWords } from "../../paper/days.ts";
import { RECIPIENT } from "../../reports/kinds.ts";
import type { Report } from "../../reports/model.ts";
import { SignerFacts } from "./signer.tsx";
import "./documents.css";

/** A report or letter, all that its FHIR document says: its own words, in the language it has. */
export function ReportSummary({ it }: { readonly it: Report }) {
  const say = useTexts("documents");
  const shown = useAllTexts().language.value;
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const { author, patient, consult } = it;
  return (
    <div class="summary">
      <dl class="summary-facts">
        <SignerFacts label={say("author")} who={author} />
        <div>
          <dt>{say("about")}</dt>
          <dd>
            <strong>{`${patient.given} ${patient.family}`}</strong>
            {patient.birth !== "" && (
              <span>{say("born", { day: dayWords(patient.birth, shown) })}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{say("date")}</dt>
          <dd>{dayWords(it.date, shown)}</dd>
        </div>
        {consult && (
          <div>
            <dt>{say("consult")}</dt>
            <dd>
              <span>{say("consultFrom", { moment: moment(new Date(consult.start)) })}</span>
              {consult.end !== null && (
                <span>{say("consultTo", { moment: moment(new Date(consult.end)) })}</span>
              )}
            </dd>
          </div>
        )}
      </dl>
      <div lang="fr" class="summary-text">
        {it.recipient !== "" && <Titled title={RECIPIENT} text={it.recipient} />}
        {it.sections.map(({ title, text }, i) => (
          <Titled key={i} title={title} text={text} />
        ))}
      </div>
    </div>
  );
}

function Titled({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section>
      <h4>{title}</h4>
      <p class="lines">{text}</p>
    </section>
  );
}
