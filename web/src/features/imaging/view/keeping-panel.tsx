import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { KeepingModel, KeepingProblem } from "../saved/keeping.ts";
import type { Layer } from "../saved/layers.ts";

interface Props {
  readonly model: KeepingModel;
}

const PROBLEMS = {
  save: "saveFailed",
  none: "noneInFile",
  open: "openFailed",
} as const satisfies Record<KeepingProblem, string>;

/** What was saved before, and where what is drawn now can go. */
export function KeepingPanel({ model }: Props) {
  const say = useTexts("imaging");
  const problem = model.problem.value;
  return (
    <section class="imaging-keeping">
      <Layers model={model} />
      <h3>{say("keep")}</h3>
      {model.ready.value ? <SaveFile model={model} /> : <p class="small">{say("keepNone")}</p>}
      <Opener model={model} />
      {problem && (
        <Notice tone="warn">
          <p>{say(PROBLEMS[problem])}</p>
        </Notice>
      )}
    </section>
  );
}

function Layers({ model }: Props) {
  const say = useTexts("imaging");
  const layers = model.layers.value;
  const unread = model.unread.value;
  return (
    <>
      {layers.length > 0 && (
        <>
          <h3>{say("savedMarks")}</h3>
          <ul class="imaging-layers">
            {layers.map((layer) => (
              <li key={layer.id}>
                <One model={model} layer={layer} />
              </li>
            ))}
          </ul>
          <p class="small">{say("savedText")}</p>
        </>
      )}
      {unread > 0 && <p class="small">{say("unread", { count: unread })}</p>}
    </>
  );
}

function One({ model, layer }: Props & { readonly layer: Layer }) {
  const say = useTexts("imaging");
  const { id, by, at, count, left } = layer;
  const name = by || say("anonymous");
  return (
    <>
      <label>
        <input
          type="checkbox"
          checked={!model.hidden.value.has(id)}
          onChange={(event) => model.show(id, event.currentTarget.checked)}
        />
        <span class="imaging-layer">
          <bdi>{at ? say("by", { name, at }) : name}</bdi>
          <span class="small">{say("layer", { count })}</span>
        </span>
      </label>
      {left > 0 && <p class="small">{say("leftOut", { count: left })}</p>}
    </>
  );
}

function SaveFile({ model }: Props) {
  const say = useTexts("imaging");
  const [name, setName] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void model.saveFile(name);
      }}
    >
      <label class="imaging-field">
        <span>{say("keepAs")}</span>
        <input
          type="text"
          value={name}
          maxLength={60}
          autoComplete="name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <Button submit icon="download" disabled={model.busy.value}>
        {say("keepFile")}
      </Button>
      <p class="small">{say("keepFileText")}</p>
      <p role="status">{model.saved.value && say("kept")}</p>
    </form>
  );
}

/** A file chooser as the browser draws it, with our words. */
function Opener({ model }: Props) {
  const say = useTexts("imaging");
  return (
    <label class="imaging-field">
      <span>{say("openMarks")}</span>
      <input
        type="file"
        accept=".zip,.dcm,application/zip,application/dicom"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) void model.openFile(file);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
