import type { ReadonlySignal } from "@preact/signals";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Icon, type IconName } from "../../../ui/icons.tsx";
import type { DocumentLine } from "../../consult/call.ts";
import { PDF_MEDIA } from "../../prescription/parts.ts";
import { linesOf, readDocument, titleOf } from "../reader.ts";
import "./documents.css";

const ICONS: Readonly<Record<DocumentLine["state"], IconName>> = {
  sending: "clock",
  sent: "send",
  received: "clock",
  verified: "check",
  refused: "alert",
  opened: "check",
};

/** What became of each document that the doctor has sent to somebody; `dated`: on which day, too. */
export function SentDocuments({
  documents,
  dated = false,
}: {
  readonly dated?: boolean;
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
}) {
  const say = useTexts("documents");
  const texts = useAllTexts();
  const time = useMoment(
    dated ? { dateStyle: "medium", timeStyle: "short" } : { timeStyle: "short" },
  );
  const lines = linesOf(documents.value, true);
  const states: Record<DocumentLine["state"], string> = {
    sending: say("stateSending"),
    sent: say("stateSent"),
    received: say("stateReceived"),
    verified: say("stateVerified"),
    refused: say("stateRefused"),
    opened: say("stateOpened"),
  };
  return (
    <section class="documents" aria-label={say("sent")}>
      {lines.length === 0 && <p class="soft">{say("sentNone")}</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" aria-label={say("sent")} class="documents-list">
        {lines.map((line) => (
          <li key={line.id} class="document">
            <div class="document-head">
              <h3>{say(titleOf(line.kind))}</h3>
              <span class="soft small">{time(new Date(line.at))}</span>
            </div>
            <p class={`document-state ${line.state}`} role="status">
              <Icon name={ICONS[line.state]} />
              <span>{states[line.state]}</span>
            </p>
            {line.problem && <p class="small">{texts.sayProblem(line.problem.key)}</p>}
            <OwnCopy line={line} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The copy that the prescriber keeps. */
function OwnCopy({ line }: { line: DocumentLine }) {
  const say = useTexts("documents");
  const hands = useHands();
  const opened = line.document.value;
  const pdf = opened && readDocument(opened).pdf;
  if (!pdf) return null;
  return (
    <div class="actions">
      <Button compact icon="document" onPress={() => hands.save(pdf.name, PDF_MEDIA, pdf.bytes)}>
        {say("savePdf")}
      </Button>
    </div>
  );
}
