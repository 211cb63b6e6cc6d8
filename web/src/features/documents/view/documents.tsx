import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { Check } from "../../../ui/field.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Icon } from "../../../ui/icons.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { DocumentLine, OpenedDocument } from "../../consult/call.ts";
import { PDF_MEDIA } from "../../prescription/parts.ts";
import { kindOf } from "../../viewing/kind.ts";
import type { SheetsModel } from "../../viewing/model.ts";
import { linesOf, type ReadDocument, readDocument, titleOf } from "../reader.ts";
import { ReportSummary } from "./report.tsx";
import { PrescriptionSummary } from "./summary.tsx";
import "./documents.css";

const TicketDialog = later(
  async () => (await import("../../dispensing/view/ticket-dialog.tsx")).TicketDialog,
  "dispensing",
);

const Sheets = later(
  async () => (await import("../../viewing/view/viewer.tsx")).Sheets,
  "viewing",
  "files",
);

/** Shows a picture or a PDF in the page. Rejects where its code does not come. */
export type View = (name: string, bytes: Uint8Array) => Promise<SheetsModel>;

interface Choice {
  readonly on: ReadonlySignal<boolean>;
  readonly set: (on: boolean) => unknown;
}

interface DocumentsProps {
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  /** Whether received documents stay on this device; left out where nothing can be kept. */
  readonly keep?: Choice;
  /** Whether the sender is told that a document was looked at; left out where nobody can be. */
  readonly tell?: Choice & { readonly opened: (document: string) => void };
  /** Left out where nothing can be shown in the page. */
  readonly view?: View | undefined;
}

/** What the other side has sent, newest first: nothing of a document before all of it is checked. */
export function Documents({ documents, keep, tell, view }: DocumentsProps) {
  const say = useTexts("documents");
  const lines = linesOf(documents.value, false);
  const newest = lines.find(({ state }) => state === "verified");
  const told = tell?.on.value ? tell.opened : undefined;
  return (
    <div class="documents">
      {lines.length === 0 && <p class="soft">{say("none")}</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" aria-label={say("documents")} class="documents-list">
        {lines.map((line) => (
          <li key={line.id} class="document">
            <Received line={line} newest={line === newest} told={told} view={view} />
          </li>
        ))}
      </ul>
      {newest && keep && <Choose of={keep} label={say("keep")} hint={say("keepHint")} />}
      {newest && tell && <Choose of={tell} label={say("tell")} hint={say("tellHint")} />}
    </div>
  );
}

function Choose({ of, label, hint }: { of: Choice; label: string; hint: string }) {
  return (
    <div class="document-keep">
      <Check checked={of.on.value} onChange={(on) => of.set(on)}>
        {label}
      </Check>
      <p class="soft small">{hint}</p>
    </div>
  );
}

interface ReceivedProps {
  readonly line: DocumentLine;
  readonly newest: boolean;
  readonly told: ((document: string) => void) | undefined;
  readonly view: View | undefined;
}

function Received({ line, newest, told, view }: ReceivedProps) {
  const say = useTexts("documents");
  const texts = useAllTexts();
  const opened = line.document.value;
  if (line.state === "refused") {
    return (
      <Notice tone="alert">
        <p>
          <strong>{say("refused")}</strong>
        </p>
        <p>{line.problem ? texts.sayProblem(line.problem.key) : say("refusedText")}</p>
      </Notice>
    );
  }
  if (line.state !== "verified" || !opened) {
    return (
      <p class="document-waiting" role="status">
        <Icon name="clock" />
        <span>{say("checking")}</span>
      </p>
    );
  }
  return (
    <Opened
      opened={opened}
      newest={newest}
      told={() => told?.(line.id)}
      telling={!!told}
      view={view}
    />
  );
}

interface OpenedProps {
  readonly opened: OpenedDocument;
  /** It shows what it says at once. */
  readonly newest: boolean;
  readonly telling?: boolean;
  readonly told?: () => void;
  /** What is said of the signer's name, where it did not come from the doctor of a consult. */
  readonly stated?: string;
  readonly view?: View | undefined;
}

/** A document of which everything was checked. */
export function Opened({ opened, newest, telling = false, told, stated, view }: OpenedProps) {
  const say = useTexts("documents");
  const hands = useHands();
  const [reading, setReading] = useState(newest);
  const [looked, setLooked] = useState(false);
  const [showing, show] = useState(false);
  const read = useMemo(() => readDocument(opened), [opened]);
  const { prescription, report, pdf } = read;
  const readable = prescription !== null || report !== null;
  const seen = looked || (reading && readable);
  useEffect(() => {
    if (seen && telling) told?.();
  }, [seen, telling]);
  const look = (act: () => void) => (): void => {
    setLooked(true);
    act();
  };
  return (
    <article>
      <div class="document-head">
        <h3>{say(report ? `report_${report.kind}` : titleOf(opened.kind))}</h3>
        <span class="tag tint">
          <Icon name="check" />
          {say("verified")}
        </span>
      </div>
      <Signer read={read} stated={stated ?? say("stated")} twice={opened.twice === true} />
      <div class="actions">
        {readable && (
          <Button compact expanded={reading} onPress={() => setReading(!reading)}>
            {reading ? say("hide") : say("read")}
          </Button>
        )}
        {view &&
          [...(pdf ? [pdf] : []), ...read.others].map(({ name, bytes }, at) => (
            <Look
              key={`${at + 1}`}
              name={name}
              bytes={bytes}
              view={view}
              label={pdf && at === 0 ? say("lookPdf") : say("lookFile", { name })}
              looked={look(() => undefined)}
            />
          ))}
        {pdf && (
          <>
            <Button
              compact
              icon="document"
              onPress={look(() => hands.save(pdf.name, PDF_MEDIA, pdf.bytes))}
            >
              {say("savePdf")}
            </Button>
            <Button compact onPress={look(() => hands.openPdf(pdf.bytes))}>
              {say("print")}
            </Button>
          </>
        )}
        {opened.ticket && (
          <Button compact look="main" icon="qr" onPress={() => show(true)}>
            {say("atPharmacy")}
          </Button>
        )}
        {read.others.map((part) => (
          <Button
            key={part.name}
            compact
            onPress={look(() => hands.save(part.name, "application/octet-stream", part.bytes))}
          >
            {say("saveFile", { name: part.name })}
          </Button>
        ))}
      </div>
      {opened.kind === "prescription" && !prescription && (
        <p>{pdf ? say("onlyPdf") : say("noPdf")}</p>
      )}
      {opened.kind === "report" && !report && <p>{pdf ? say("onlyPdfReport") : say("noPdf")}</p>}
      {opened.ticket && showing && (
        <TicketDialog
          ticket={opened.ticket}
          pdf={pdf?.bytes}
          issued={opened.issued}
          onClose={() => show(false)}
        />
      )}
      {prescription && reading && <PrescriptionSummary it={prescription} />}
      {report && reading && <ReportSummary it={report} />}
      {opened.kind === "prescription" && <p class="soft small">{say("notNational")}</p>}
    </article>
  );
}

interface LookProps {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly label: string;
  readonly view: View;
  readonly looked: () => void;
}

/** On the whole screen; what is none of what is shown has no button for it. */
function Look({ name, bytes, label, view, looked }: LookProps) {
  const [model, show] = useState<SheetsModel | null>(null);
  if (!kindOf(bytes)) return null;
  return (
    <>
      <Button
        compact
        icon="document"
        onPress={async () => {
          show(await view(name, bytes).catch(() => null));
          looked();
        }}
      >
        {label}
      </Button>
      {model && <Sheets model={model} onClose={() => show(null)} />}
    </>
  );
}

interface SignerProps {
  readonly read: ReadDocument;
  readonly stated: string;
  readonly twice: boolean;
}

function Signer({ read, stated, twice }: SignerProps) {
  const say = useTexts("documents");
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const { author, issued } = read;
  // What is read below names the patient too.
  const patient = read.prescription || read.report ? "" : read.patient;
  const quality = [
    author.profession,
    author.speciality,
    author.rpps && say("rpps", { rpps: author.rpps }),
  ];
  return (
    <div class="document-signer">
      <dl>
        <div>
          <dt>{say("signedBy")}</dt>
          <dd>
            <strong>{author.name}</strong>
            <span>{quality.filter(Boolean).join(" · ")}</span>
          </dd>
        </div>
        {issued && (
          <div>
            <dt>{say("signedAt")}</dt>
            <dd>{moment(issued)}</dd>
          </div>
        )}
        {patient !== "" && (
          <div>
            <dt>{say("patient")}</dt>
            <dd>{patient}</dd>
          </div>
        )}
      </dl>
      <p class="soft small">{stated}</p>
      {twice && <p class="soft small">{say("signedTwice")}</p>}
    </div>
  );
}
