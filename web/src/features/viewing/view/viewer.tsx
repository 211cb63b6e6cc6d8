import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Bar } from "../../files/view/progress.tsx";
import { type Size, scaleOf, stepped } from "../fitting.ts";
import type { SheetsModel } from "../model.ts";
import { SheetFrame } from "./sheet.tsx";
import "./viewing.css";

interface SheetsProps {
  readonly model: SheetsModel;
  readonly onClose: () => void;
}

/** A picture or a PDF on the whole screen: the browser keeps the focus inside, and Escape closes. */
export function Sheets({ model, onClose }: SheetsProps) {
  const say = useTexts("viewing");
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
      model.end();
    };
  }, [model]);
  const state = model.state.value;
  return (
    <dialog
      ref={element}
      class="viewing"
      aria-label={say("title")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="viewing-head">
        <h2>
          <bdi>{model.name}</bdi>
        </h2>
        <Button look="quiet" icon="close" iconOnly onPress={onClose}>
          {say("close")}
        </Button>
      </div>
      {state === "open" ? (
        <Open model={model} />
      ) : (
        <div class="viewing-opening">
          {state === "fetching" && (
            <Bar progress={model.progress.value} length={model.length} label={model.name} going />
          )}
          {state === "opening" && <p role="status">{say("opening")}</p>}
          <Trouble model={model} />
        </div>
      )}
    </dialog>
  );
}

function Open({ model }: { readonly model: SheetsModel }) {
  const [frame, setFrame] = useState<Size>({ width: 0, height: 0 });
  const sheet = model.sheet.value;
  const scale = sheet ? scaleOf(model.zoom.value, sheet, frame) : 1;
  useEffect(() => {
    if (frame.width > 0) model.sharpen(scale * (window.devicePixelRatio || 1));
  }, [model, scale, frame]);
  return (
    <>
      <Tools model={model} scale={scale} />
      <div class="viewing-body">
        <SheetFrame model={model} scale={scale} onSize={setFrame} />
        <Trouble model={model} />
      </div>
      <Notes model={model} />
    </>
  );
}

interface ToolsProps {
  readonly model: SheetsModel;
  readonly scale: number;
}

function Tools({ model, scale }: ToolsProps) {
  const say = useTexts("viewing");
  const [page, count, zoom] = [model.page.value, model.count.value, model.zoom.value];
  const percent = Math.round(scale * 100);
  return (
    <div class="viewing-tools">
      {count > 1 && (
        <fieldset class="viewing-group">
          <legend class="visually-hidden">{say("pages")}</legend>
          <Button
            compact
            look="quiet"
            icon="back"
            iconOnly
            disabled={page === 0}
            onPress={() => model.go(page - 1)}
          >
            {say("previous")}
          </Button>
          <PageNumber model={model} />
          <Button
            compact
            look="quiet"
            icon="arrow"
            iconOnly
            disabled={page === count - 1}
            onPress={() => model.go(page + 1)}
          >
            {say("next")}
          </Button>
        </fieldset>
      )}
      <fieldset class="viewing-group">
        <legend class="visually-hidden">{say("size")}</legend>
        <Step
          label={say("smaller")}
          path="M5 12h14"
          onPress={() => model.setZoom(stepped(scale, false))}
        />
        <span class="viewing-percent">{say("percent", { percent })}</span>
        <Step
          label={say("larger")}
          path="M12 5v14M5 12h14"
          onPress={() => model.setZoom(stepped(scale, true))}
        />
        <Button
          compact
          look="quiet"
          pressed={zoom === "page"}
          onPress={() => model.setZoom("page")}
        >
          {say("fitPage")}
        </Button>
        <Button
          compact
          look="quiet"
          pressed={zoom === "width"}
          onPress={() => model.setZoom("width")}
        >
          {say("fitWidth")}
        </Button>
        <Button compact look="quiet" pressed={zoom === 1} onPress={() => model.setZoom(1)}>
          {say("actual")}
        </Button>
      </fieldset>
    </div>
  );
}

interface StepProps {
  readonly label: string;
  readonly path: string;
  readonly onPress: () => void;
}

/** Its icon stands here: the first page of a patient has no room for one more. */
function Step({ label, path, onPress }: StepProps) {
  return (
    <button
      type="button"
      class="button quiet compact icon-only"
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d={path} />
      </svg>
    </button>
  );
}

/** What is typed counts once it is done, so that 12 does not lead over 1. */
function PageNumber({ model }: { readonly model: SheetsModel }) {
  const say = useTexts("viewing");
  const [page, count] = [model.page.value, model.count.value];
  return (
    <label class="viewing-number">
      <span class="visually-hidden">{say("pageNumber")}</span>
      <input
        type="number"
        min={1}
        max={count}
        value={page + 1}
        onChange={(event) => {
          const wanted = event.currentTarget.valueAsNumber;
          if (Number.isFinite(wanted)) model.go(wanted - 1);
          event.currentTarget.value = `${model.page.peek() + 1}`;
        }}
      />
      <span aria-hidden="true">{say("of", { count })}</span>
    </label>
  );
}

/** Why there is nothing to see. */
function Trouble({ model }: { readonly model: SheetsModel }) {
  const say = useTexts("viewing");
  const wrong = model.wrong.value;
  if (!wrong) return null;
  return (
    <div class="viewing-trouble">
      <Notice tone={wrong === "forged" ? "alert" : "warn"}>
        <p>{say(`wrong_${wrong}`)}</p>
      </Notice>
      {(wrong === "gone" || wrong === "too_slow") && (
        <Button onPress={model.retry}>{say("retry")}</Button>
      )}
    </div>
  );
}

/** What is to be known of what is shown. */
function Notes({ model }: { readonly model: SheetsModel }) {
  const say = useTexts("viewing");
  const [page, count] = [model.page.value, model.count.value];
  const notes = model.sheet.value?.notes ?? [];
  return (
    <div class="viewing-notes" role="status">
      {count > 1 && <p class="visually-hidden">{say("pageOf", { number: page + 1, count })}</p>}
      {model.loading.value && <p>{say("loading")}</p>}
      {!model.loading.value && notes.map((note) => <p key={note}>{say(`note_${note}`)}</p>)}
    </div>
  );
}
