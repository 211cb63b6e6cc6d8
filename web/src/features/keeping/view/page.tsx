import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Icon } from "../../../ui/icons.tsx";
import { later } from "../../../ui/later.tsx";
import { Page, ScreenTitle } from "../../../ui/page.tsx";
import type { DocumentLine } from "../../consult/call.ts";
import type { View } from "../../documents/view/documents.tsx";
import { type DocumentsModel, type KeptLine, type Practice, textBytes } from "../documents.ts";
import { Devices } from "./devices.tsx";
import { FilesLine } from "./files.tsx";
import { Asked, Helped } from "./helping.tsx";
import { KeptProblem } from "./problem.tsx";
import { Bring, ExportDialog } from "./taking.tsx";
import "./keeping.css";

const Documents = later(
  async () => (await import("../../documents/view/documents.tsx")).Documents,
  "documents",
);

const AskDevice = later(
  async () => (await import("../../adding/view/ask-device.tsx")).AskDevice,
  "adding",
);
const ShowDevice = later(
  async () => (await import("../../adding/view/show-device.tsx")).ShowDevice,
  "adding",
);
const Recover = later(
  async () => (await import("../../recovery/view/open-with.tsx")).Recover,
  "recovery",
);
const WaysBack = later(
  async () => (await import("../../recovery/view/ways-back.tsx")).WaysBack,
  "recovery",
);

/** What somebody keeps, by practice. */
interface DocumentsPageProps {
  readonly documents: DocumentsModel;
  /** Shows a picture or a PDF in the page. */
  readonly view?: View;
}

export function DocumentsPage({ documents, view }: DocumentsPageProps) {
  const say = useTexts("keeping");
  const [receipt, setReceipt] = useState<string | null>(null);
  const state = documents.state.value;
  return (
    <Page foot={say("foot")}>
      <div class="column stack loose">
        {state === "erased" ? (
          <Erased receipt={receipt} />
        ) : isBusyElsewhere(documents) ? (
          <Elsewhere documents={documents} />
        ) : (
          <>
            <div class="stack">
              <ScreenTitle>{say(state === "none" ? "noneTitle" : "title")}</ScreenTitle>
              <p class="lead">{say(state === "none" ? "noneHow" : "lead")}</p>
            </div>
            <KeptProblem problem={documents.problem.value} />
            {documents.practices.value.map((practice) => (
              <OfPractice key={practice.id} practice={practice} view={view} />
            ))}
            {state !== "none" && <Helped documents={documents} />}
            {state === "ready" && documents.gone.value && <Gone documents={documents} />}
            {state === "ready" && !documents.gone.value && (
              <Whole documents={documents} erased={setReceipt} />
            )}
            {state === "none" && (
              <div class="stack">
                <p class="soft">{say("recoverHint")}</p>
                <div class="actions">
                  <Button onPress={() => documents.recover()}>{say("recover")}</Button>
                </div>
              </div>
            )}
            {state === "none" && <Helped documents={documents} />}
          </>
        )}
      </div>
      <Asked documents={documents} />
    </Page>
  );
}

const isBusyElsewhere = ({ ways }: DocumentsModel): boolean =>
  [ways.asking, ways.recovering, ways.adding, ways.changing].some(({ value }) => value !== null);

/** Another device, or a way back, in the place of what is kept. */
function Elsewhere({ documents }: { readonly documents: DocumentsModel }) {
  const say = useTexts("keeping");
  const { asking, recovering, adding, changing } = documents.ways;
  if (asking.value) return <AskDevice model={asking.value} />;
  if (recovering.value) return <Recover model={recovering.value} />;
  return (
    <div class="stack loose">
      <ScreenTitle>{say(adding.value ? "addDevice" : "ways")}</ScreenTitle>
      {adding.value && (
        <ShowDevice
          model={adding.value}
          onAgain={() => documents.addDevice()}
          onDone={documents.stopAdding}
        />
      )}
      {changing.value && <WaysBack model={changing.value} owner="" />}
      <div class="actions">
        <Button
          onPress={() => {
            documents.stopAdding();
            documents.leaveWays();
          }}
        >
          {say("waysBack")}
        </Button>
      </div>
    </div>
  );
}

interface OfPracticeProps {
  readonly practice: Practice;
  readonly view: View | undefined;
}

function OfPractice({ practice, view }: OfPracticeProps) {
  const say = useTexts("keeping");
  const lines = practice.lines.value;
  const files = practice.files.value;
  return (
    <section class="panel kept-practice" aria-label={practice.name}>
      <div>
        <h2>{practice.name}</h2>
        {practice.holder !== "" && <p>{say("holder", { name: practice.holder })}</p>}
      </div>
      <KeptProblem problem={practice.problem.value} />
      {files.length > 0 && (
        <section class="stack" aria-label={say("files")}>
          <h3>{say("files")}</h3>
          {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
          <ul role="list" class="kept-list">
            {files.map((one) => (
              <li key={one.id}>
                <FilesLine files={one} practice={practice.name} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {lines.length === 0 && files.length === 0 && <p class="soft">{say("emptyPractice")}</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="kept-list">
        {lines.map((line) => (
          <li key={line.id}>
            <Line line={line} view={view} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const TITLES = {
  prescription: "practicePrescription",
  report: "practiceReport",
  file: "practiceFile",
} as const;

interface LineProps {
  readonly line: KeptLine;
  readonly view: View | undefined;
}

function Line({ line, view }: LineProps) {
  const say = useTexts("keeping");
  const moment = useMoment({ dateStyle: "long" });
  const shown = line.line.value;
  const day = moment(new Date(line.at));
  return (
    <div class="stack">
      <div class="kept-line">
        <span class="row">
          {say(TITLES[line.kind], { day })}
          {line.isNew && (
            <span class="tag tint">
              <Icon name="bell" />
              {say("new")}
            </span>
          )}
        </span>
        {!shown && (
          <Button compact icon="document" onPress={() => line.open()}>
            {say("open")}
          </Button>
        )}
      </div>
      {shown && <One line={shown} view={view} />}
    </div>
  );
}

interface OneProps {
  readonly line: DocumentLine;
  readonly view: View | undefined;
}

function One({ line, view }: OneProps) {
  const documents = useMemo(() => signal([line]), [line]);
  return <Documents documents={documents} view={view} />;
}

interface WholeProps {
  readonly documents: DocumentsModel;
  readonly erased: (receipt: string | null) => void;
}

/** What is done with all of it. */
function Whole({ documents, erased }: WholeProps) {
  const say = useTexts("keeping");
  const [asked, setAsked] = useState<"export" | "erase" | null>(null);
  const busy = documents.busy.value;
  const helped = documents.helping.value?.people.value.length ?? 0;
  return (
    <div class="stack">
      <div class="actions">
        <Button disabled={busy} onPress={() => setAsked("export")}>
          {say("export")}
        </Button>
      </div>
      <p role="status">{busy && say("busy")}</p>
      <Devices documents={documents} />
      <Bring documents={documents} />
      <div class="actions">
        <Button disabled={busy} look="quiet" onPress={() => setAsked("erase")}>
          {say("erase")}
        </Button>
      </div>
      {asked === "export" && <ExportDialog documents={documents} onClose={() => setAsked(null)} />}
      {asked === "erase" && (
        <Confirm
          title={say("erase")}
          confirm={say("eraseConfirm")}
          onConfirm={async () => erased(await documents.erase())}
          onClose={() => setAsked(null)}
        >
          {say("eraseText")}
          {helped > 0 && ` ${say("eraseHelping", { count: helped })}`}
        </Confirm>
      )}
    </div>
  );
}

/** The server has nothing of it any more, or nothing for this device. */
function Gone({ documents }: { readonly documents: DocumentsModel }) {
  const say = useTexts("keeping");
  return (
    <div class="stack">
      <p>{say("forgetText")}</p>
      <div class="actions">
        <Button onPress={() => documents.forget()}>{say("forget")}</Button>
      </div>
    </div>
  );
}

function Erased({ receipt }: { readonly receipt: string | null }) {
  const say = useTexts("keeping");
  const hands = useHands();
  return (
    <div class="stack">
      <ScreenTitle>{say("erasedTitle")}</ScreenTitle>
      <p class="lead">{say("erasedText")}</p>
      {receipt && (
        <div class="actions">
          <Button onPress={() => hands.save("aparte.txt", "text/plain", textBytes(receipt))}>
            {say("erasedReceipt")}
          </Button>
        </div>
      )}
    </div>
  );
}
