import { useTexts } from "../../../ui/context.tsx";
import type { ViewerModel } from "../model.ts";

/** What the file says of itself. */
export function Facts({ model }: { readonly model: ViewerModel }) {
  const say = useTexts("imaging");
  const picture = model.picture.value;
  return (
    <aside
      class="imaging-panel"
      aria-label={say("facts")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
      tabIndex={0}
    >
      <h3>{say("facts")}</h3>
      {picture ? (
        <dl>
          {picture.facts.map(({ key, value }) => (
            <div key={key}>
              <dt>{say(`fact_${key}`)}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
          <div>
            <dt>{say("fact_size")}</dt>
            <dd>{say("size", { columns: picture.columns, rows: picture.rows })}</dd>
          </div>
        </dl>
      ) : (
        <p class="small">{say("noFacts")}</p>
      )}
      {picture?.approximate && <p class="small">{say("approximateText")}</p>}
      <p class="small">{say("keys")}</p>
    </aside>
  );
}
