import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import type { ViewerModel } from "../../imaging/model.ts";
import type { ArchiveModel } from "../../viewing/archive.ts";
import type { SheetsModel } from "../../viewing/model.ts";
import type { IncomingFile } from "../receiving.ts";
import { useBytes } from "./bytes.ts";
import { FilesProblem } from "./problem.tsx";
import { Bar } from "./progress.tsx";
import "./files.css";

const Viewer = later(async () => (await import("../../imaging/view/viewer.tsx")).Viewer, "imaging");

const Contents = later(
  async () => (await import("../../viewing/view/archive.tsx")).Contents,
  "viewing",
);
const Sheets = later(async () => (await import("../../viewing/view/viewer.tsx")).Sheets, "viewing");

/** The files of a link: nothing is fetched before somebody asks for it. */
export function IncomingFiles({ files }: { readonly files: readonly IncomingFile[] }) {
  const say = useTexts("files");
  return (
    <section class="stack" aria-label={say("incoming")}>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="files-list">
        {files.map((file, at) => (
          <li key={`${at + 1}`} class="panel stack">
            <Incoming file={file} />
          </li>
        ))}
      </ul>
      <p class="soft small">{say("incomingText")}</p>
    </section>
  );
}

function Incoming({ file }: { readonly file: IncomingFile }) {
  const say = useTexts("files");
  const bytes = useBytes();
  const state = file.state.value;
  const going = state === "going";
  const { name, length } = file;
  return (
    <>
      <div>
        <strong class="files-name">{name}</strong>
        <p class="small soft">{bytes(length)}</p>
      </div>
      {state !== "idle" && (
        <Bar progress={file.progress.value} length={length} label={name} going={going} />
      )}
      <FilesProblem problem={file.problem.value} />
      <div class="actions">
        <Look file={file} />
        <View file={file} />
        <Inside file={file} />
        {going ? (
          <Button icon="pause" onPress={file.pause}>
            {say("pause")}
          </Button>
        ) : (
          <Button
            look={state === "saved" || file.look || file.view || file.inside ? "plain" : "main"}
            icon="download"
            onPress={() => void file.start()}
          >
            {say(state === "idle" ? "download" : state === "saved" ? "saveAgain" : "goOn")}
          </Button>
        )}
      </div>
      <p role="status">{state === "saved" && say("saved")}</p>
      {(state === "saved" || state === "paused") && (
        <div class="actions">
          <Button look="quiet" icon="trash" onPress={file.erase}>
            {say("eraseHere")}
          </Button>
        </div>
      )}
    </>
  );
}

/** The images of a study, on the whole screen. */
function Look({ file: { look } }: { readonly file: IncomingFile }) {
  const say = useTexts("files");
  const [model, show] = useState<ViewerModel | null>(null);
  if (!look) return null;
  return (
    <>
      <Button look="main" icon="photo" onPress={async () => show(await look())}>
        {say("look")}
      </Button>
      {model && <Viewer model={model} onClose={() => show(null)} />}
    </>
  );
}

/** A picture or a PDF, on the whole screen. */
function View({ file: { view } }: { readonly file: IncomingFile }) {
  const say = useTexts("files");
  const [model, show] = useState<SheetsModel | null>(null);
  if (!view) return null;
  return (
    <>
      <Button look="main" icon="document" onPress={async () => show(await view())}>
        {say("view")}
      </Button>
      {model && <Sheets model={model} onClose={() => show(null)} />}
    </>
  );
}

/** What is in a zip. */
function Inside({ file: { inside } }: { readonly file: IncomingFile }) {
  const say = useTexts("files");
  const [model, show] = useState<ArchiveModel | null>(null);
  if (!inside) return null;
  return (
    <>
      <Button look="main" icon="folder" onPress={async () => show(await inside())}>
        {say("inside")}
      </Button>
      {model && <Contents model={model} onClose={() => show(null)} />}
    </>
  );
}
