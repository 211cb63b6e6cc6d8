import { computed, type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Beside, CallModel } from "../../consult/call.ts";
import { Links } from "../shown.ts";
import { createTogether, type Host, type TogetherModel, type TogetherNeeds } from "../together.ts";
import { Asks } from "./asks.tsx";
import { Choose } from "./choose.tsx";
import { OnItsWay } from "./from-disk.tsx";
import { Viewer } from "./viewer.tsx";
import "./shown.css";

/** Where files may be dropped. */
export interface Pane {
  readonly current: HTMLElement | null;
}

interface ShownProps {
  readonly needs: TogetherNeeds;
  /** With those who look. */
  readonly calls: ReadonlySignal<readonly CallModel[]>;
  /** Of the doctor's page. */
  readonly host: Host | null;
  readonly pane?: Pane | undefined;
  /** Something is being chosen: where the button for it is elsewhere on the page. */
  readonly choosing?: Signal<boolean>;
}

/** Images that the people of a consult look at together. */
export function Shown({ needs, calls, host, pane, choosing }: ShownProps) {
  const say = useTexts("imaging");
  const own = useSignal(false);
  const choose = choosing ?? own;
  const sides = useMemo(
    () => computed(() => calls.value.flatMap(({ beside }) => beside ?? [])),
    [calls],
  );
  const model = useMemo(() => createTogether(needs, sides, host), [needs, sides, host]);
  useEffect(() => model.end, [model]);
  const { showing, disk, granting } = model;
  const viewer = showing.viewer.value;
  const nameOf = (side: Beside | null): string =>
    calls.value.find(({ beside }) => beside === side)?.who.value.name ?? "";
  useDropOn(pane, (dropped) => {
    void disk.drop(dropped);
    choose.value = true;
  });
  return (
    <>
      {!choosing && (
        <Button
          compact
          icon="photo"
          onPress={() => {
            choose.value = true;
          }}
        >
          {say("lookTogether")}
        </Button>
      )}
      <Offered showing={showing} nameOf={host ? nameOf : null} />
      {showing.declined.value && (
        <Notice
          actions={
            <Button
              compact
              onPress={() => {
                showing.declined.value = false;
              }}
            >
              {say("diskHush")}
            </Button>
          }
        >
          <p>{say("showDeclined")}</p>
        </Notice>
      )}
      {granting && <Asks model={granting} nameOf={nameOf} />}
      <OnItsWay
        disk={disk}
        onChoose={() => {
          disk.hush();
          choose.value = true;
        }}
      />
      {choose.value && <Choosing needs={needs} model={model} choosing={choose} host={!!host} />}
      {viewer && <Viewer model={viewer} onClose={showing.close} together={showing.leading} />}
    </>
  );
}

interface ChoosingProps {
  readonly needs: TogetherNeeds;
  readonly model: TogetherModel;
  readonly choosing: Signal<boolean>;
  readonly host: boolean;
}

function Choosing({ needs, model, choosing, host }: ChoosingProps) {
  const links = useMemo(() => new Links(needs), [needs]);
  const close = (): void => {
    choosing.value = false;
  };
  return (
    <Choose
      disk={model.disk}
      host={host}
      open={(link, words) => links.open(link, words)}
      show={async (handed, gone) => {
        await model.showing.show(handed, gone);
        if (!gone.aborted) close();
      }}
      onClose={close}
    />
  );
}

interface OfferedProps {
  readonly showing: TogetherModel["showing"];
  /** Of who shows; null where there is one alone who can. */
  readonly nameOf: ((side: Beside | null) => string) | null;
}

/** What somebody else shows. */
function Offered({ showing, nameOf }: OfferedProps) {
  const say = useTexts("imaging");
  const state = showing.state.value;
  const shown = nameOf ? say("shownBy", { name: nameOf(showing.shower) }) : say("shown");
  const look = (
    <Button compact look={state === "aside" ? "plain" : "main"} onPress={() => showing.look()}>
      {say("shownLook")}
    </Button>
  );
  const notNow = (
    <Button compact onPress={showing.dismiss}>
      {say("shownNotNow")}
    </Button>
  );
  if (state === "aside") {
    return (
      <p class="shown-aside small">
        <span>{shown}</span> {look}
      </p>
    );
  }
  if (state === "refused") {
    return (
      <Notice tone="alert" actions={notNow}>
        <p>{say("showRefused")}</p>
      </Notice>
    );
  }
  if (state !== "offered" && state !== "failed") return null;
  const failed = state === "failed";
  return (
    <Notice
      tone={failed ? "warn" : "calm"}
      icon={failed ? "alert" : "photo"}
      actions={
        <>
          {look}
          {notNow}
        </>
      }
    >
      <p>{failed ? say("shownFailed") : shown}</p>
    </Notice>
  );
}

/** Files that are dropped anywhere on the pane. */
function useDropOn(pane: Pane | undefined, drop: (dropped: DataTransfer) => void): void {
  useEffect(() => {
    const element = pane?.current;
    if (!element) return;
    const mark = (on: boolean): void => void element.classList.toggle("dropping", on);
    const isOurs = (event: DragEvent): boolean =>
      !event.defaultPrevented && event.dataTransfer?.types.includes("Files") === true;
    const over = (event: DragEvent): void => {
      if (!isOurs(event)) return;
      event.preventDefault();
      mark(true);
    };
    const leave = (event: DragEvent): void => {
      if (!element.contains(event.relatedTarget as Node | null)) mark(false);
    };
    const dropped = (event: DragEvent): void => {
      mark(false);
      if (!isOurs(event) || !event.dataTransfer) return;
      event.preventDefault();
      drop(event.dataTransfer);
    };
    element.addEventListener("dragover", over);
    element.addEventListener("dragleave", leave);
    element.addEventListener("drop", dropped);
    return () => {
      element.removeEventListener("dragover", over);
      element.removeEventListener("dragleave", leave);
      element.removeEventListener("drop", dropped);
    };
  });
}
