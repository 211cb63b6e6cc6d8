import type { Attestation, Card as CardText } from "../../../sealing/card.ts";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { inert, inertLines } from "../../inert.ts";
import type { Standing } from "../standing.ts";
import "./card.css";

/** The last second that a date can be: a later one, which a server may say, cannot be shown. */
const LAST_SECOND = 8.64e12;

type Text = Omit<CardText, "version" | "issued" | "listed" | "second">;

/** Name and profession, as a card states them: on one line, and inert. */
export const whoOf = (card: Text): string =>
  [card.name, card.profession, card.place]
    .map((text) => inert(text))
    .filter(Boolean)
    .join(", ");

/** A doctor's signed card: what it states, who has checked it, and whether it is in force. */
export function Card({ standing }: { readonly standing: Standing }) {
  const { record, checked } = standing;
  return (
    <div class="stack">
      {record && <Stated card={record.card} />}
      {record && <Attested attestation={record.attestation} none="nobodyChecked" />}
      <InForce record={record} checked={checked} />
    </div>
  );
}

/** What a card states. */
export function Stated({ card }: { readonly card: Text }) {
  const say = useTexts("practitioners");
  const language = useAllTexts().language.value;
  const { name, profession, speciality, place, rpps, address, languages } = card;
  const names = new Intl.DisplayNames([language], { type: "language" });
  const spoken = languages.map((code) => names.of(code) ?? code).join(", ");
  return (
    <>
      <div>
        <p>
          <strong>{inert(name)}</strong>
        </p>
        <p>
          {[profession, speciality, place]
            .map((text) => inert(text))
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <dl class="card-facts">
        {[
          [say("rpps"), rpps],
          [say("address"), inertLines(address)],
          [say("languages"), spoken],
        ]
          .filter(([, fact]) => fact)
          .map(([term, fact]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd class="lines">{fact}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

/** Who has checked a card; `none` is the sentence for where nobody has. */
export function Attested({
  attestation,
  none,
}: {
  readonly attestation: Attestation | undefined;
  readonly none: "nobodyChecked" | "directoryUnchecked";
}) {
  const say = useTexts("practitioners");
  const day = useMoment({ dateStyle: "long" });
  if (!attestation) return <p>{say(none)}</p>;
  return (
    <p>
      {say("registrarChecked", {
        registrar: inert(attestation.registrar),
        day: day(new Date(attestation.issued)),
        checks: attestation.checked.map((one) => say(`check_${one}`)).join(", "),
      })}
    </p>
  );
}

function InForce({ record, checked }: Standing) {
  const say = useTexts("practitioners");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const at = record ? moment(new Date(Math.min(record.confirmed, LAST_SECOND) * 1000)) : "";
  if (checked === "fresh") return <p class="soft">{say("checkedFresh", { at })}</p>;
  return (
    <Notice tone="warn">
      <p>{say(checked === "stale" ? "checkedStale" : "checkedUnknown", { at })}</p>
    </Notice>
  );
}
