import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Select } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Together, ViewerModel } from "../model.ts";
import { Facts } from "./facts.tsx";
import { Picto } from "./icons.tsx";
import { MarksPanel } from "./marks-panel.tsx";
import { Stage } from "./stage.tsx";
import { Tools } from "./tools.tsx";
import "./imaging.css";

interface ViewerProps {
  readonly model: ViewerModel;
  readonly onClose: () => void;
  /** Where others look at it as well. */
  readonly together?: Together;
}

/** A study on the whole screen: the browser keeps the focus inside, and Escape closes. */
export function Viewer({ model, onClose, together }: ViewerProps) {
  const say = useTexts("imaging");
  const element = useRef<HTMLDialogElement>(null);
  const [panel, open] = useState<"facts" | "marks" | null>(null);
  const toggle = (one: "facts" | "marks") => (): void => open(panel === one ? null : one);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      model.end();
    };
  }, [model]);
  const state = model.state.value;
  return (
    <dialog
      ref={element}
      class="imaging"
      aria-label={say("title")}
      onCancel={(event) => {
        event.preventDefault();
        if (together?.pointing.peek()) together.steer(false);
        else if (panel) open(null);
        else onClose();
      }}
    >
      <div class="imaging-head">
        <h2>
          <bdi>{model.title.value || say("title")}</bdi>
        </h2>
        <div class="imaging-panels">
          {together && (
            <Button
              compact
              look="quiet"
              icon="person"
              pressed={together.following.value}
              onPress={() => together.follow(!together.following.peek())}
            >
              {say("together")}
            </Button>
          )}
          {state === "open" && (
            <>
              {together && <Point together={together} />}
              <Button
                compact
                look="quiet"
                icon="pen"
                expanded={panel === "marks"}
                onPress={toggle("marks")}
              >
                {say("marks")}
              </Button>
              <Button
                compact
                look="quiet"
                icon="info"
                expanded={panel === "facts"}
                onPress={toggle("facts")}
              >
                {say("facts")}
              </Button>
            </>
          )}
        </div>
        <Button look="quiet" icon="close" iconOnly onPress={onClose}>
          {say("close")}
        </Button>
      </div>
      {state === "open" ? (
        <div class={panel ? "imaging-body beside" : "imaging-body"}>
          <SeriesList model={model} />
          <div class="imaging-middle">
            <Tools model={model} />
            <div class="imaging-frame">
              <Stage
                model={model}
                label={say(together ? "stageTogether" : "stage")}
                together={together}
              />
              <Corner model={model} />
              <Trouble model={model} />
            </div>
            <Slices model={model} />
          </div>
          {panel === "marks" && <MarksPanel model={model} />}
          {panel === "facts" && <Facts model={model} />}
        </div>
      ) : (
        <div class="imaging-opening">
          {state === "opening" && (
            <p role="status">{say(model.waiting.value ? "waiting" : "opening")}</p>
          )}
          <Trouble model={model} />
        </div>
      )}
    </dialog>
  );
}

/** For who has no mouse: a pointer that keys move. */
function Point({ together }: { readonly together: Together }) {
  const say = useTexts("imaging");
  return (
    <Button
      compact
      look="quiet"
      class="imaging-point"
      pressed={together.pointing.value}
      onPress={() => together.steer(!together.pointing.peek())}
    >
      <Picto name="pointer" /> {say("point")}
    </Button>
  );
}

/** Beside the picture where there is room, else as one control. */
function SeriesList({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const list = model.list.value;
  const current = model.series.value;
  if (list.length < 2) return null;
  const names = list.map(({ name, number, modality, study }) =>
    [study, name || say("seriesNumber", { number: number || "?" }), modality]
      .filter((part) => part !== "")
      .join(" · "),
  );
  return (
    <>
      <nav class="imaging-series" aria-label={say("series")}>
        {names.map((name, at) => (
          <button
            key={`${at + 1}`}
            type="button"
            aria-current={at === current ? "true" : undefined}
            onClick={() => model.choose(at)}
          >
            <bdi>{name}</bdi>
            <span class="small">{say("images", { count: list[at]?.count ?? 0 })}</span>
          </button>
        ))}
      </nav>
      <div class="imaging-chooser">
        <Select
          label={say("series")}
          value={`${current}`}
          choices={names.map((label, at) => ({ id: `${at}`, label }))}
          onChoose={(id) => model.choose(Number(id))}
        />
      </div>
    </>
  );
}

/** What is seen: which picture, in which window. */
function Corner({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const window = model.shownWindow.value;
  const picture = model.picture.value;
  return (
    <p class="imaging-corner">
      {model.count.value > 0 && (
        <span>{say("slice", { number: model.slice.value + 1, count: model.count.value })}</span>
      )}
      {window && picture && !picture.content.color && (
        <span>
          {say("window", {
            width: Math.round(window.width),
            center: Math.round(window.center),
            unit: picture.unit,
          })}
        </span>
      )}
      {model.marking.isKey.value && <span class="tag light">{say("keyImage")}</span>}
      {picture?.approximate && <span class="tag light">{say("approximate")}</span>}
      {model.loading.value && (
        <span role="status">{say(model.waiting.value ? "waiting" : "loading")}</span>
      )}
    </p>
  );
}

/** Why there is no picture. */
function Trouble({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const wrong = model.wrong.value;
  if (!wrong) return null;
  const key =
    wrong.what === "file" ? (`wrong_${wrong.why}` as const) : (`wrong_${wrong.what}` as const);
  return (
    <div class="imaging-trouble">
      <Notice tone={wrong.what === "forged" ? "alert" : "warn"}>
        <p>{say(key)}</p>
      </Notice>
      {wrong.what === "gone" && <Button onPress={model.retry}>{say("retry")}</Button>}
    </div>
  );
}

function Slices({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const [slice, count] = [model.slice.value, model.count.value];
  if (count < 2) return null;
  return (
    <label class="imaging-slices">
      <span class="visually-hidden">{say("slices")}</span>
      <input
        type="range"
        min={1}
        max={count}
        value={slice + 1}
        aria-valuetext={say("slice", { number: slice + 1, count })}
        onInput={(event) => model.go(event.currentTarget.valueAsNumber - 1)}
      />
    </label>
  );
}
