import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { isWhole, type Mark, MOST_NOTE } from "../marks.ts";
import type { ViewerModel } from "../model.ts";
import type { Picture } from "../picture.ts";
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
      <p class="small">{say("notDiagnostic")}</p>
    </aside>
  );
}

/** Those of the study, to go back to. */
function KeyImages({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const keys = model.marking.keys.value;
  const names = model.list.value;
  if (keys.length === 0) return null;
  return (
    <>
      <h3>{say("keyImages")}</h3>
      <ul class="imaging-keys">
        {keys.map(({ series, slice }) => (
          <li key={`${series}/${slice}`}>
            <Button
              compact
              look="quiet"
              onPress={() => {
                model.choose(series);
                model.go(slice);
              }}
            >
              {say("keyPlace", {
                series: names[series]?.name || (names[series]?.number ?? ""),
                number: slice + 1,
              })}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

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
