import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Notice } from "../../../ui/notice.tsx";
import { LineWords, NarcoticNote } from "../../documents/view/summary.tsx";
import { inert } from "../../inert.ts";
import { whoOf } from "../../practitioners/view/card.tsx";
import type { Line as Prescribed } from "../../prescription/model.ts";
import { ZONES } from "../../prescription/vocabulary.ts";
import type { CounterLine, CounterModel, GivenLine, Shown } from "../model.ts";
import { DispenseDialog } from "./dispense-dialog.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";

/** For whom, until when, and each line with what was given of it. */
export function Lines({
  model,
  shown,
  looking = false,
}: {
  readonly model: CounterModel;
  readonly shown: Shown;
  /** Nothing is dispensed here. */
  readonly looking?: boolean;
}) {
  const say = useTexts("dispensing");
  const lang = useAllTexts().language.value;
  const day = useMoment({ dateStyle: "long" });
  const { document, prescription, until } = shown;
  const { subject } = document;
  const [asked, ask] = useState<CounterLine | null>(null);
  return (
    <section class="stack" aria-label={say("lines")}>
      {model.lied.value && <Lied model={model} />}
      <dl class="counter-facts">
        <div>
          <dt>{say("patient")}</dt>
          <dd>
            <strong>{inert(subject?.name ?? "", 160) || say("patientUnknown")}</strong>
            {subject?.birth && <span>{say("born", { day: day(new Date(subject.birth)) })}</span>}
          </dd>
        </div>
        <div>
          <dt>{say("until")}</dt>
          <dd>{day(until)}</dd>
        </div>
      </dl>
      {!prescription && <Notice tone="warn">{say("noMedicines")}</Notice>}
      {prescription && <NarcoticNote lines={prescription.lines} lang={lang} />}
      <ol class="counter-lines">
        {model.lines.value.map((line, at) => (
          <li key={line.number} class="panel stack">
            <Line
              model={model}
              line={line}
              prescribed={prescription?.lines[at]}
              act={model.revoke ? "revoke" : looking || model.lied.value ? null : "dispense"}
              onAct={() => ask(line)}
            />
          </li>
        ))}
      </ol>
      {prescription && prescription.instructions !== "" && (
        <p class="lines" lang="fr">
          {prescription.instructions}
        </p>
      )}
      {asked && model.revoke && (
        <RevokeDialog
          revoke={model.revoke}
          line={asked}
          prescribed={prescription?.lines[asked.number - 1]}
          onClose={() => ask(null)}
        />
      )}
      {asked && !model.revoke && (
        <DispenseDialog
          model={model}
          line={asked}
          prescribed={prescription?.lines[asked.number - 1]}
          onClose={() => ask(null)}
        />
      )}
    </section>
  );
}

/** The server lies, and what proves it to others. */
function Lied({ model }: { readonly model: CounterModel }) {
  const say = useTexts("dispensing");
  const hands = useHands();
  const proofs = model.proofs.value;
  return (
    <Notice tone="alert">
      <p>{say(model.revoke ? "liedDesk" : "lied")}</p>
      {proofs.length > 0 && <p>{say("proofText")}</p>}
      <div class="actions">
        {proofs.map((proof, at) => (
          <Button
            key={at}
            compact
            icon="download"
            onPress={() => hands.save(`aparte-proof-${at + 1}.json`, "application/json", proof)}
          >
            {say("proofSave", { number: at + 1 })}
          </Button>
        ))}
      </div>
    </Notice>
  );
}

function Line({
  model,
  line,
  prescribed,
  act,
  onAct,
}: {
  readonly model: CounterModel;
  readonly line: CounterLine;
  readonly prescribed: Prescribed | undefined;
  /** What whoever looks may do with an open line. */
  readonly act: "dispense" | "revoke" | null;
  readonly onAct: () => void;
}) {
  const say = useTexts("dispensing");
  const lang = useAllTexts().language.value;
  const { number, state, left, deliveries, given, reason } = line;
  const outcome = model.outcome.value?.line === number ? model.outcome.value.what : null;
  return (
    <>
      <div class="counter-medicine">
        {prescribed?.zone && <span class="tag">{ZONES[prescribed.zone].short[lang]}</span>}
        {prescribed ? (
          <LineWords line={prescribed} lang={lang} />
        ) : (
          <strong>{say("line", { number })}</strong>
        )}
      </div>
      <p class={state === "open" ? "counter-state" : "counter-state shut"}>
        <strong>{say(`state_${state}`)}</strong>{" "}
        {state === "open" && deliveries > 1 && say("left", { count: left, deliveries })}{" "}
        {state === "open" && given.at(-1)?.whole === false && say("partGiven")}
        {state === "revoked" && reason !== "" && say("reason", { reason })}
      </p>
      {given.length > 0 && (
        <ul class="counter-given" aria-label={say("given")}>
          {given.map((one, at) => (
            <li key={at}>
              <Given one={one} />
            </li>
          ))}
        </ul>
      )}
      <div role="status">
        {outcome && (
          <Notice
            tone={outcome === "dispensed" ? "calm" : "warn"}
            icon={outcome === "dispensed" ? "check" : "alert"}
          >
            {say(`outcome_${outcome}`)}
          </Notice>
        )}
      </div>
      {state === "open" && act === "dispense" && (
        <div class="actions">
          <Button look="main" icon="check" onPress={onAct}>
            {say("dispense")}
          </Button>
        </div>
      )}
      {(state === "open" || state === "unknown") && act === "revoke" && (
        <div class="actions">
          <Button compact icon="close" onPress={onAct}>
            {say("revoke")}
          </Button>
        </div>
      )}
    </>
  );
}

function Given({ one }: { readonly one: GivenLine }) {
  const say = useTexts("dispensing");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const { what, whole, at, by, place, card } = one;
  const who = card?.card ? whoOf(card.card) : [by, place].filter(Boolean).join(", ");
  return (
    <>
      <span>
        {say(whole ? "givenWhole" : "givenPart")}
        {what !== "" && ` ${what}`}
      </span>
      <span class="soft small">{say("givenBy", { who, at: at ? moment(at) : "" })}</span>
      <HowKnown card={card} />
    </>
  );
}

/** How it is known who gave it: by their card, or as they say. */
function HowKnown({ card }: Pick<GivenLine, "card">) {
  const say = useTexts("dispensing");
  if (card?.standing === "revoked" || card?.standing === "contradicted") {
    return <Notice tone="warn">{say(`given_${card.standing}`)}</Notice>;
  }
  const registrar = inert(card?.attestation?.registrar ?? "");
  return (
    <span class="soft small">
      {card ? say(`given_${card.standing}`, { registrar }) : say("given_stated")}
    </span>
  );
}
