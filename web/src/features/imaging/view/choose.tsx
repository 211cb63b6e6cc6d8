/** Which study is to be shown: from this device, by a sealed link, or once more. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { DiskModel } from "../disk/model.ts";
import { type Trouble, troubleOf } from "../trouble.ts";
import { ChooseFromDisk } from "./from-disk.tsx";
import "./shown.css";

interface ChooseProps {
  readonly disk: DiskModel;
  readonly host: boolean;
  /** Gives what a link holds. Rejects as `Links.open` does. */
  readonly open: (link: string, words: string) => Promise<Uint8Array>;
  /** Of what a link holds, unless it is given up. */
  readonly show: (handed: Uint8Array, gone: AbortSignal) => Promise<void>;
  readonly onClose: () => void;
}

export function Choose({ disk, host, open, show, onClose }: ChooseProps) {
  const say = useTexts("imaging");
  const sent = disk.sent.value;
  return (
    <Dialog title={say(host ? "showTitle" : "showImages")} onClose={onClose}>
      <div class="stack loose">
        <p class="small soft">{say("showLead")}</p>
        <ChooseFromDisk
          disk={disk}
          host={host}
          onSend={() => {
            onClose();
            void disk.send();
          }}
        />
        {sent.length > 0 && (
          <section class="stack" aria-label={say("showAgain")}>
            <h3>{say("showAgain")}</h3>
            {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
            <ul role="list" class="shown-again">
              {sent.map((study, at) => (
                <li key={`${at + 1}`}>
                  <span class="files-name">{study.name}</span>
                  <Button
                    compact
                    icon="photo"
                    onPress={() => {
                      onClose();
                      void disk.show(study);
                    }}
                  >
                    {say("showNow")}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <ByLink open={open} show={show} />
      </div>
    </Dialog>
  );
}

/** One that came by a sealed link. */
function ByLink({ open, show }: Pick<ChooseProps, "open" | "show">) {
  const say = useTexts("imaging");
  const gone = useMemo(() => new AbortController(), []);
  useEffect(() => () => gone.abort(), [gone]);
  const [link, setLink] = useState("");
  const [words, setWords] = useState("");
  const [opening, setOpening] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  return (
    <form
      class="stack"
      onSubmit={async (event) => {
        event.preventDefault();
        if (opening) return;
        setOpening(true);
        setTrouble(null);
        try {
          const handed = await open(link, words);
          if (gone.signal.aborted) return;
          await show(handed, gone.signal);
        } catch (error) {
          setTrouble(troubleOf(error));
        }
        setOpening(false);
      }}
    >
      <h3>{say("showByLink")}</h3>
      <TextField label={say("showLink")} value={link} onInput={setLink} />
      <TextArea label={say("showWords")} value={words} onInput={setWords} rows={2} secret />
      {trouble && (
        <Notice tone="warn">
          <p>{say(trouble)}</p>
        </Notice>
      )}
      <div class="actions">
        <Button icon="unlock" submit disabled={opening}>
          {say("showOpen")}
        </Button>
      </div>
      <p class="soft" role="status">
        {opening && say("showOpening")}
      </p>
    </form>
  );
}
