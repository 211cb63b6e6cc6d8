/** Files and folders, chosen or dropped, and what of them is sent. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Contents } from "../../imaging/collecting.ts";
import "./files.css";

/** What can be done with what somebody has chosen. */
interface Choosing {
  choose(files: FileList | null): Promise<void>;
  drop(dropped: DataTransfer): Promise<void>;
}

interface DropProps {
  readonly model: Choosing;
  readonly chosen: boolean;
  readonly children: ComponentChildren;
}

/** Where files are dropped; the buttons in it are for who chooses them. */
export function DropArea({ model, chosen, children }: DropProps) {
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
        if (event.dataTransfer) void model.drop(event.dataTransfer);
      }}
    >
      {children}
      <div class="actions">
        <Pick label={say(chosen ? "chooseOthers" : "chooseFiles")} model={model} />
        <Pick label={say("chooseFolder")} model={model} folder />
      </div>
    </div>
  );
}

interface PickProps {
  readonly label: string;
  readonly model: Choosing;
  readonly folder?: boolean;
}

/** A button in front of the browser's own control, which cannot be given a face. */
function Pick({ label, model, folder = false }: PickProps) {
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
        onChange={(event) => void model.choose(event.currentTarget.files)}
      />
    </label>
  );
}

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

/** What stays behind where the images alone are sent; `otherwise`: said where nothing does. */
export function LeftOut({
  study,
  otherwise,
}: {
  readonly study: Contents;
  readonly otherwise: string;
}) {
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
