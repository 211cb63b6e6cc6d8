import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { isWhole, type Mark, MOST_NOTE } from "../marks.ts";
import type { ViewerModel } from "../model.ts";
import type { Picture } from "../picture.ts";
import { KeepingPanel } from "./keeping-panel.tsx";
import { useMeasure } from "./marks.tsx";

/** What was measured and noted on this picture, as a list: for the keyboard, and to take it back. */
export function MarksPanel({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const picture = model.picture.value;
  const marks = model.marking.marks.value;
  return (
    <aside class="imaging-panel" aria-label={say("marks")}>
      <h3>{say("marks")}</h3>
      {marks.length === 0 || !picture ? (
        <p class="small">{say("noMarks")}</p>
      ) : (
        <ol>
          {marks.map((mark) => (
            <li key={mark.id}>
              <Line model={model} mark={mark} picture={picture} />
            </li>
          ))}
        </ol>
      )}
      {picture?.spacing?.detector && <p class="small">{say("detector")}</p>}
      {picture && !picture.spacing && <p class="small">{say("noSpacing")}</p>}
      <KeyImages model={model} />
      <SavedMarks model={model} />
      <KeepingPanel model={model.keeping} />
      <p class="small">{say("notDiagnostic")}</p>
    </aside>
  );
}

/** Those of the study, to go back to. */
function KeyImages({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const keys = model.keys.value;
  const names = model.list.value;
  if (keys.length === 0) return null;
  return (
    <>
      <h3>{say("keyImages")}</h3>
      <ul class="imaging-keys">
        {keys.map((key) => (
          <li key={`${key.series}/${key.slice}`}>
            <Button compact look="quiet" onPress={() => model.visit(key)}>
              {say("keyPlace", {
                series: names[key.series]?.name || (names[key.series]?.number ?? ""),
                number: key.slice + 1,
              })}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What others, or oneself earlier, have saved on this picture. */
function SavedMarks({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const measured = useMeasure();
  const picture = model.picture.value;
  const saved = model.marking.saved.value;
  if (saved.length === 0 || !picture) return null;
  return (
    <>
      <h3>{say("savedHere")}</h3>
      <ul class="imaging-saved">
        {saved.slice(0, MOST_LISTED).map(({ mark, layer }) => (
          <li key={`${layer.id}/${mark.id}`}>
            <strong>
              {say(`tool_${mark.kind}`)} {measured(mark, picture)}
            </strong>{" "}
            <bdi>{mark.text}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Of one picture: more are on it, and in nobody's way here. */
const MOST_LISTED = 100;

interface LineProps {
  readonly model: ViewerModel;
  readonly mark: Mark;
  readonly picture: Picture;
}

function Line({ model, mark, picture }: LineProps) {
  const say = useTexts("imaging");
  const measured = useMeasure();
  const { id, kind, text } = mark;
  return (
    <div class="imaging-mark">
      <strong>
        {say(`tool_${kind}`)}
        {kind !== "note" && isWhole(mark) && <> {measured(mark, picture)}</>}
      </strong>
      <label>
        <span class="visually-hidden">{say("noteText")}</span>
        <input
          type="text"
          value={text}
          maxLength={MOST_NOTE}
          placeholder={say("noteText")}
          autoComplete="off"
          onInput={(event) => model.marking.rename(id, event.currentTarget.value)}
        />
      </label>
      <Button look="quiet" icon="trash" iconOnly onPress={() => model.marking.remove(id)}>
        {say("remove")}
      </Button>
    </div>
  );
}
