/** A study from this device: chosen, and on its way to be shown. */
import type { ComponentChildren } from "preact";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { useBytes } from "../../files/view/bytes.ts";
import { DropArea, LeftOut, StudyContents } from "../../files/view/choosing.tsx";
import { FilesProblem } from "../../files/view/problem.tsx";
import { Bar } from "../../files/view/progress.tsx";
import type { DiskModel } from "../disk/model.ts";
import { MOST_SHOWN } from "../limits.ts";
import "./shown.css";

interface ChooseFromDiskProps {
  readonly disk: DiskModel;
  readonly host: boolean;
  readonly onSend: () => void;
}

/** What is chosen is sent when somebody has seen what it is. */
export function ChooseFromDisk({ disk, host, onSend }: ChooseFromDiskProps) {
  const say = useTexts("imaging");
  const sayFiles = useTexts("files");
  const bytes = useBytes();
  const state = disk.state.value;
  const chosen = disk.chosen.value;
  const trouble = disk.trouble.value;
  const title = <h3>{say("showFromDisk")}</h3>;
  if (state === "asking" || state === "sending" || state === "paused") {
    return (
      <section class="stack" aria-label={say("showFromDisk")}>
        {title}
        <p>{say("diskBusy")}</p>
      </section>
    );
  }
  return (
    <section class="stack" aria-label={say("showFromDisk")}>
      {title}
      <DropArea choosing={disk} chosen={chosen !== null}>
        {chosen ? (
          <p>
            <strong class="files-name">{chosen.name}</strong>
            <br />
            <span class="soft small">
              <StudyContents study={chosen.contents} />
              {bytes(chosen.length)}
            </span>
          </p>
        ) : (
          <p role="status">{state === "reading" ? sayFiles("reading") : say("diskDrop")}</p>
        )}
        {chosen && <LeftOut study={chosen.contents} otherwise="" />}
      </DropArea>
      {trouble && (
        <Notice tone="warn">
          <p>
            {trouble === "none" || trouble === "large"
              ? say(`diskTrouble_${trouble}`, { size: bytes(MOST_SHOWN) })
              : sayFiles(`trouble_${trouble}`)}
          </p>
        </Notice>
      )}
      <p class="small soft">{say(host ? "diskText" : "diskTextGuest")}</p>
      {chosen && (
        <div class="actions">
          <Button look="main" icon="lock" onPress={onSend}>
            {say(host ? "diskSend" : "diskAsk")}
          </Button>
        </div>
      )}
    </section>
  );
}

interface OnItsWayProps {
  readonly disk: DiskModel;
  /** Chooses something else. */
  readonly onChoose: () => void;
}

/** What becomes of it, beside the call. */
export function OnItsWay({ disk, onChoose }: OnItsWayProps) {
  const say = useTexts("imaging");
  const state = disk.state.value;
  const refused = disk.refused.value;
  const problem = disk.problem.value;
  return (
    <>
      {state === "asking" && <Waiting disk={disk} />}
      {(state === "sending" || state === "paused") && <Going disk={disk} />}
      {state === "ready" && <Ready disk={disk} />}
      {refused && (
        <Notice
          tone="warn"
          actions={
            <>
              <Button compact onPress={onChoose}>
                {say("diskOthers")}
              </Button>
              <Hush disk={disk} />
            </>
          }
        >
          <p>{say(`diskRefused_${refused}`)}</p>
        </Notice>
      )}
      {problem &&
        (problem.key === "bad_voucher" || problem.key === "file_changed" ? (
          <Notice tone="warn" actions={<Hush disk={disk} />}>
            <p>{say("diskLost")}</p>
          </Notice>
        ) : problem.key === "quota_exceeded" ? (
          <Notice tone="warn" actions={<Hush disk={disk} />}>
            <p>{say("diskUnpaid")}</p>
          </Notice>
        ) : (
          <FilesProblem problem={problem} />
        ))}
    </>
  );
}

function Waiting({ disk }: { readonly disk: DiskModel }) {
  const say = useTexts("imaging");
  return (
    <Notice
      actions={
        <Button compact onPress={disk.leave}>
          {say("diskGiveUp")}
        </Button>
      }
    >
      <p>{say("diskAsking")}</p>
    </Notice>
  );
}

/** No status: it changes all the time, and would be read out each time. */
function Going({ disk }: { readonly disk: DiskModel }) {
  const say = useTexts("imaging");
  const sayFiles = useTexts("files");
  const { name, length } = disk.chosen.value ?? { name: "", length: 0 };
  const going = disk.state.value === "sending";
  return (
    <section class="notice calm" aria-label={say("diskGoing", { name })}>
      <Icon name="photo" />
      <div class="notice-text">
        <p class="files-name">{say("diskGoing", { name })}</p>
        <Bar progress={disk.progress.value} length={length} label={name} going={going} />
      </div>
      <div class="notice-actions">
        {going ? (
          <Button compact icon="pause" onPress={disk.pause}>
            {sayFiles("pause")}
          </Button>
        ) : (
          <Button compact look="main" onPress={() => void disk.send()}>
            {sayFiles("goOn")}
          </Button>
        )}
        <Button compact look="quiet" onPress={disk.leave}>
          {say("diskGiveUp")}
        </Button>
      </div>
    </section>
  );
}

function Ready({ disk }: { readonly disk: DiskModel }) {
  const say = useTexts("imaging");
  const study = disk.sent.value.at(-1);
  if (!study) return null;
  return (
    <Notice
      icon="photo"
      actions={
        <>
          <Button compact look="main" onPress={() => disk.show(study)}>
            {say("showNow")}
          </Button>
          <Hush disk={disk}>{say("shownNotNow")}</Hush>
        </>
      }
    >
      <p class="files-name">{say("diskReady", { name: study.name })}</p>
    </Notice>
  );
}

interface HushProps {
  readonly disk: DiskModel;
  readonly children?: ComponentChildren;
}

function Hush({ disk, children }: HushProps) {
  const say = useTexts("imaging");
  return (
    <Button compact onPress={disk.hush}>
      {children ?? say("diskHush")}
    </Button>
  );
}
