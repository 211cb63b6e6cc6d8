import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field, Select, TextArea } from "../../../ui/field.tsx";
import { useHands } from "../../../ui/hands.ts";
import type { Words } from "../archive.ts";
import { type DocumentsModel, textBytes } from "../documents.ts";
import { KeptProblem } from "./problem.tsx";

const CODE = "aparte-code.txt";
/** What the age tool wants before the code says nothing to anybody else. */
const shown = (opens: string): string =>
  (opens.split("-1").at(-1) ?? "").match(/.{1,4}/g)?.join(" ") ?? "";
const ZIP = "aparte-documents.zip";

function useWords(): Words {
  const texts = useAllTexts();
  const say = useTexts("keeping");
  return {
    language: texts.language.value,
    title: say("title"),
    lead: say("indexLead"),
    prescription: say("indexPrescription"),
    report: say("indexReport"),
    file: say("indexFile"),
    check: say("indexCheck"),
    notAttested: say("indexNotAttested"),
    twice: say("indexTwice"),
    signed: (name, day) => say("indexSigned", { name, day }),
    attested: (registrar) => say("indexAttested", { registrar }),
  };
}

interface ExportProps {
  readonly documents: DocumentsModel;
  readonly onClose: () => void;
}

/** In clear, or in an age file whose code is shown once. */
export function ExportDialog({ documents, onClose }: ExportProps) {
  const say = useTexts("keeping");
  const hands = useHands();
  const words = useWords();
  const [opens, setOpens] = useState<string | null>(null);
  const busy = documents.busy.value;
  const take = async (sealed: boolean): Promise<void> => {
    const made = await documents.exportAll(words, sealed);
    if (!made) return;
    const name = made.opens ? `${ZIP}.age` : ZIP;
    hands.save(name, made.opens ? "application/octet-stream" : "application/zip", made.bytes);
    if (made.opens) setOpens(made.opens);
    else onClose();
  };
  return (
    <Dialog title={say(opens ? "secret" : "exportTitle")} onClose={onClose}>
      <KeptProblem problem={documents.problem.value} />
      {opens ? (
        <div class="stack">
          <p class="kept-secret">{shown(opens)}</p>
          <p class="soft">{say("secretHint")}</p>
          <div class="actions">
            <Button onPress={() => hands.save(CODE, "text/plain", textBytes(`${opens}\n`))}>
              {say("secretSave")}
            </Button>
            <Button onPress={() => hands.copy(opens)}>{say("secretCopy")}</Button>
          </div>
        </div>
      ) : (
        <div class="stack loose">
          <div class="stack">
            <p>{say("exportClearHint")}</p>
            <Button disabled={busy} onPress={() => take(false)}>
              {say("exportClear")}
            </Button>
          </div>
          <div class="stack">
            <p>{say("exportSealedHint")}</p>
            <Button disabled={busy} onPress={() => take(true)}>
              {say("exportSealed")}
            </Button>
          </div>
          <p role="status">{busy && say("busy")}</p>
        </div>
      )}
    </Dialog>
  );
}

/** What asks for a code: the first as it is, the others with what is wrong. */
const ASKS = {
  code_wanted: null,
  code_mistyped: "problemCodeMistyped",
  code_other: "problemCodeOther",
} as const;

const asks = (key: string): key is keyof typeof ASKS => Object.hasOwn(ASKS, key);

/** Documents from an export, here or elsewhere, into what is kept of a practice. */
export function Bring({ documents }: { readonly documents: DocumentsModel }) {
  const say = useTexts("keeping");
  const practices = documents.practices.value;
  const [chosen, setChosen] = useState<string | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [count, setCount] = useState<number | null>(null);
  const where = practices.find(({ id }) => id === chosen) ?? practices[0];
  if (!where) return null;
  const busy = documents.busy.value;
  const problem = documents.bringing.value;
  const asked = problem && asks(problem.key) ? ASKS[problem.key] : undefined;
  const take = async (taken: File, code = ""): Promise<void> => {
    setCount(null);
    setCount(await documents.bring(taken, where.id, code));
  };
  return (
    <details>
      <summary>{say("bring")}</summary>
      <div class="stack">
        {practices.length > 1 && (
          <Select
            label={say("bringWhere")}
            value={where.id}
            choices={practices.map(({ id, name, holder }) => ({
              id,
              label: holder ? `${name} (${holder})` : name,
            }))}
            onChoose={setChosen}
          />
        )}
        <Field label={say("bringChoose")} hint={say("bringHint")}>
          {(wiring) => (
            <input
              {...wiring}
              type="file"
              accept=".zip,application/zip,.age"
              disabled={busy}
              onChange={async (event) => {
                const [picked] = event.currentTarget.files ?? [];
                if (!picked) return;
                setFile(picked);
                await take(picked);
              }}
            />
          )}
        </Field>
        {asked !== undefined && (
          <OpenFile
            key={file?.name}
            busy={busy}
            wrong={asked ? say(asked) : undefined}
            onOpen={async (code) => {
              if (file) await take(file, code);
            }}
          />
        )}
        {asked === undefined && <KeptProblem problem={problem} />}
        <p role="status">
          {busy ? say("busy") : count !== null && !problem && say("bringDone", { count })}
        </p>
      </div>
    </details>
  );
}

interface OpenFileProps {
  readonly busy: boolean;
  /** What was wrong with the code before. */
  readonly wrong: string | undefined;
  readonly onOpen: (code: string) => Promise<void>;
}

/** Asks for the code of a protected file. */
function OpenFile({ busy, wrong, onOpen }: OpenFileProps) {
  const say = useTexts("keeping");
  const [code, setCode] = useState("");
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void onOpen(code);
      }}
    >
      <TextArea
        label={say("secret")}
        hint={say("bringCodeHint")}
        error={wrong}
        value={code}
        onInput={setCode}
        rows={3}
        maxLength={400}
        secret
      />
      <div class="actions end">
        <Button look="main" submit disabled={busy}>
          {say("bringOpen")}
        </Button>
      </div>
    </form>
  );
}
