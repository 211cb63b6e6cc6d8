/** Files and folders, chosen or dropped, and what of them is sent. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Contents } from "../../imaging/collecting.ts";
import type { ChoosingModel, ChosenFiles } from "../choosing.ts";
import { useBytes } from "./bytes.ts";
import "./files.css";

/** What can be done with what somebody has chosen. */
type Choosing = Pick<ChoosingModel, "choose" | "drop">;

interface AreaProps {
  readonly choosing: Choosing;
  readonly chosen: boolean;
  readonly children: ComponentChildren;
}

/** Where files are dropped; the buttons in it are for who chooses them. */
export function DropArea({ choosing, chosen, children }: AreaProps) {
  const say = useTexts("files");
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here can be chosen too
    <div
      class={over ? "files-drop over" : "files-drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void choosing.drop(event.dataTransfer);
      }}
    >
      {children}
      <div class="actions">
        <Pick label={say(chosen ? "chooseOthers" : "chooseFiles")} choosing={choosing} />
        <Pick label={say("chooseFolder")} choosing={choosing} folder />
      </div>
    </div>
  );
}

interface DropProps {
  readonly choosing: ChoosingModel;
  /** How much may be sent, in bytes. */
  readonly most: number;
  /** By the holder of a permit, or at their own expense. */
  readonly payer: "permit" | "own";
}

/** What is sent. */
export function Drop({ choosing, most, payer }: DropProps) {
  const say = useTexts("files");
  const bytes = useBytes();
  const chosen = choosing.chosen.value;
  const trouble = choosing.trouble.value;
  return (
    <div class="stack">
      <DropArea choosing={choosing} chosen={chosen !== null}>
        {chosen ? (
          <p>
            <strong class="files-name">{chosen.name}</strong>
            <br />
            <span class="soft small">
              {chosen.taking === "study" && chosen.study ? (
                <StudyContents study={chosen.study} />
              ) : (
                chosen.count > 1 && <>{say("count", { count: chosen.count })} · </>
              )}
              {bytes(chosen.length)}
            </span>
          </p>
        ) : (
          <p role="status">{say(choosing.reading.value ? "reading" : "drop")}</p>
        )}
        {chosen?.study && <AsStudy choosing={choosing} chosen={chosen} study={chosen.study} />}
      </DropArea>
      {trouble && (
        <Notice tone="alert">
          <p>{say(sentenceFor(trouble, payer), { size: bytes(most) })}</p>
        </Notice>
      )}
    </div>
  );
}

type Trouble = NonNullable<ChoosingModel["trouble"]["value"]>;

/** Who has no permit is not told to ask for one. */
const sentenceFor = (trouble: Trouble, payer: DropProps["payer"]) =>
  payer === "own" && (trouble === "another" || trouble === "large")
    ? (`trouble_${trouble}_own` as const)
    : (`trouble_${trouble}` as const);

/** How much there is of a study, before its bytes. */
export function StudyContents({ study }: { readonly study: Contents }) {
  const say = useTexts("files");
  const { images, series } = study;
  return (
    <>
      {say("studyImages", { count: images })} · {say("studySeries", { count: series })} ·{" "}
    </>
  );
}

interface AsStudyProps {
  readonly choosing: ChoosingModel;
  readonly chosen: ChosenFiles;
  readonly study: Contents;
}

/** Images open at once where they are sent as a study; everything can be sent all the same. */
function AsStudy({ choosing, chosen, study }: AsStudyProps) {
  const say = useTexts("files");
  const files = chosen.taking === "files";
  return (
    <>
      {files ? (
        <p class="small">{say("asFilesText")}</p>
      ) : (
        <LeftOut study={study} otherwise={say("studyText")} />
      )}
      <div class="actions">
        <Button compact look="quiet" onPress={() => choosing.take(files ? "study" : "files")}>
          {say(files ? "asStudy" : "asFiles")}
        </Button>
      </div>
    </>
  );
}

interface LeftOutProps {
  readonly study: Contents;
  readonly otherwise: string;
}

/** What stays behind where the images alone are sent; `otherwise`: said where nothing does. */
export function LeftOut({ study, otherwise }: LeftOutProps) {
  const say = useTexts("files");
  const said = study.others > 0 ? say("leftOutOthers", { count: study.others }) : otherwise;
  return (
    <>
      {said && <p class="small">{said}</p>}
      {study.damaged > 0 && (
        <Notice tone="warn">
          <p>{say("leftOutDamaged", { count: study.damaged })}</p>
        </Notice>
      )}
    </>
  );
}

interface PickProps {
  readonly label: string;
  readonly choosing: Choosing;
  readonly folder?: boolean;
}

/** A button in front of the browser's own control, which cannot be given a face. */
function Pick({ label, choosing, folder = false }: PickProps) {
  const directory = folder ? { webkitdirectory: true } : {};
  return (
    <label class="button compact files-pick">
      <Icon name={folder ? "folder" : "document"} />
      <span>{label}</span>
      <input
        class="visually-hidden"
        type="file"
        multiple
        {...directory}
        onChange={(event) => void choosing.choose(event.currentTarget.files)}
      />
    </label>
  );
}
