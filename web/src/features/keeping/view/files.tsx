import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { useBytes } from "../../files/view/bytes.ts";
import type { KeptFiles } from "../received-files.ts";
import { KeptProblem } from "./problem.tsx";

const FoundDocument = later(
  async () => (await import("../../links/view/found.tsx")).FoundDocument,
  "links",
  "documents",
  "practitioners",
);

/** Files that a practice sent: listed until their time is over, opened with one tap. */
export function FilesLine({ files, practice }: { readonly files: KeptFiles; practice: string }) {
  const say = useTexts("keeping");
  const bytes = useBytes();
  const day = useMoment({ dateStyle: "long" });
  const state = files.state.value;
  const found = files.found.value;
  const over = state === "over";
  const until = day(new Date(files.until));
  return (
    <div class="stack">
      <div class="kept-line">
        <div class="kept-files">
          <span class="row">
            <strong class="kept-name">{files.name}</strong>
            {files.isNew && (
              <span class="tag tint">
                <Icon name="bell" />
                {say("new")}
              </span>
            )}
          </span>
          <p class="small soft">
            {say("filesSaid", { day: day(new Date(files.at)), size: bytes(files.size) })} ·{" "}
            {say(over ? "filesOver" : "filesUntil", { until })}
          </p>
        </div>
        {over ? (
          <Button compact look="quiet" icon="trash" onPress={files.forget}>
            {say("filesForget")}
          </Button>
        ) : (
          !found && (
            <Button compact icon="unlock" disabled={state === "opening"} onPress={files.open}>
              {say("open")}
            </Button>
          )
        )}
      </div>
      <p role="status" class="small">
        {state === "opening" && say("filesOpening")}
      </p>
      <KeptProblem problem={files.problem.value} />
      {files.stranger.value && (
        <Notice tone="alert">
          <p>{say("filesStranger", { practice })}</p>
        </Notice>
      )}
      {found && <FoundDocument found={found} warned={files.stranger.value} />}
    </div>
  );
}
