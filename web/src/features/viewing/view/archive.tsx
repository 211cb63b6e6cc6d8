import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { useBytes } from "../../files/view/bytes.ts";
import type { ArchiveEntry, ArchiveModel } from "../archive.ts";
import type { SheetsModel } from "../model.ts";
import { Sheets } from "./viewer.tsx";

/** A list of more than these is for another program. */
const MOST_LISTED = 500;

interface ContentsProps {
  readonly model: ArchiveModel;
  readonly onClose: () => void;
}

/** The files of a zip. */
export function Contents({ model, onClose }: ContentsProps) {
  const say = useTexts("viewing");
  useEffect(() => () => model.end(), [model]);
  const [state, wrong, entries] = [model.state.value, model.wrong.value, model.entries.value];
  return (
    <Dialog title={model.name} onClose={onClose} large>
      {state === "opening" && (
        <p role="status">{say(model.waiting.value ? "waiting" : "archiving")}</p>
      )}
      {wrong && (
        <Notice tone={wrong === "forged" ? "alert" : "warn"}>
          <p>{say(wrong === "broken" ? "archive_broken" : `wrong_${wrong}`)}</p>
        </Notice>
      )}
      {wrong === "gone" && <Button onPress={model.retry}>{say("retry")}</Button>}
      {state === "open" && (
        <>
          <p class="soft">{say(entries.length > 0 ? "archive_text" : "empty")}</p>
          {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
          <ul role="list" class="viewing-entries">
            {entries.slice(0, MOST_LISTED).map((entry, at) => (
              <li key={`${at + 1}`}>
                <Entry entry={entry} />
              </li>
            ))}
          </ul>
          {entries.length > MOST_LISTED && (
            <p class="soft">{say("more", { count: entries.length - MOST_LISTED })}</p>
          )}
        </>
      )}
    </Dialog>
  );
}

function Entry({ entry: { path, length, view } }: { readonly entry: ArchiveEntry }) {
  const say = useTexts("viewing");
  const bytes = useBytes();
  const [model, show] = useState<SheetsModel | null>(null);
  return (
    <>
      {view ? (
        <Button compact icon="document" onPress={() => show(view())}>
          <bdi>{say("entry", { name: path })}</bdi>
        </Button>
      ) : (
        <bdi class="viewing-path">{path}</bdi>
      )}
      <span class="small soft">{bytes(length)}</span>
      {model && <Sheets model={model} onClose={() => show(null)} />}
    </>
  );
}
