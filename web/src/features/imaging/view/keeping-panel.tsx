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
  practice: "practiceFailed",
} as const satisfies Record<KeepingProblem, string>;

/** What was saved before, and where what is drawn now can go. */
export function KeepingPanel({ model }: Props) {
  const say = useTexts("imaging");
  const problem = model.problem.value;
  return (
    <section class="imaging-keeping">
      <Layers model={model} />
      <h3>{say("keep")}</h3>
      {problem && (
        <Notice tone="warn">
          <p>{say(PROBLEMS[problem])}</p>
        </Notice>
      )}
      {!model.ready.value && <p class="small">{say("keepNone")}</p>}
      <Practice model={model} />
      {model.ready.value && <SaveFile model={model} />}
      <Opener model={model} />
    </section>
  );
}

/** The first way, for whoever has a desk here: sealed. */
function Practice({ model }: Props) {
  const say = useTexts("imaging");
  const name = model.practice.value;
  if (name === null) {
    return (
      <div class="imaging-practice">
        <p class="small">{say("practiceNone")}</p>
        <Button compact look="quiet" onPress={model.look}>
          {say("practiceLook")}
        </Button>
      </div>
    );
  }
  if (!model.ready.value) return null;
  return (
    <div class="imaging-practice">
      <Button look="main" disabled={model.busy.value} onPress={model.savePractice}>
        {say("practiceSave")}
      </Button>
      <p class="small">{say("practiceText", { name })}</p>
    </div>
  );
}

function Layers({ model }: Props) {
  const say = useTexts("imaging");
  const layers = model.layers.value;
  const [unread, missing] = [model.unread.value, model.missing.value];
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
          {layers.some(({ signed }) => !signed) && <p class="small">{say("savedText")}</p>}
        </>
      )}
      {missing > 0 && <p class="small">{say("practiceMissing", { count: missing })}</p>}
      {unread > 0 && <p class="small">{say("unread", { count: unread })}</p>}
    </>
  );
}

function One({ model, layer }: Props & { readonly layer: Layer }) {
  const say = useTexts("imaging");
  const { id, by, at, count, left, signed } = layer;
  const [sure, ask] = useState(false);
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
          {signed && <span class="small">{say("signed")}</span>}
          <span class="small">{say("layer", { count })}</span>
        </span>
      </label>
      {left > 0 && <p class="small">{say("leftOut", { count: left })}</p>}
      {signed && !sure && (
        <Button compact look="quiet" icon="trash" onPress={() => ask(true)}>
          {say("erase")}
        </Button>
      )}
      {sure && (
        <div class="imaging-practice">
          <p>{say("eraseSure")}</p>
          <Button compact look="danger" onPress={() => model.erase(id)}>
            {say("erase")}
          </Button>
          <Button compact look="quiet" onPress={() => ask(false)}>
            {say("eraseNo")}
          </Button>
        </div>
      )}
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
