import { useId } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import type { ConsultModel, DeskModel } from "../desk.ts";

interface ConsultListProps {
  readonly desk: DeskModel;
  readonly onNew: () => void;
  readonly onShare: (consult: ConsultModel) => void;
}

/** The consults that this device has opened, by their private labels. */
export function ConsultList({ desk, onNew, onShare }: ConsultListProps) {
  const say = useTexts("desk");
  const title = useId();
  return (
    <section class="consults" aria-labelledby={title}>
      <div class="consults-head">
        <h2 id={title}>{say("consults")}</h2>
        <Button
          compact
          icon="plus"
          look={desk.waiting.value.length > 0 ? "plain" : "main"}
          onPress={onNew}
        >
          {say("newConsult")}
        </Button>
      </div>
      {desk.consults.value.length === 0 ? (
        <p class="soft small">{say("noConsults")}</p>
      ) : (
        <ul class="bare">
          {desk.consults.value.map((consult) => (
            <Item key={consult.id} desk={desk} consult={consult} onShare={onShare} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ItemProps {
  readonly desk: DeskModel;
  readonly consult: ConsultModel;
  readonly onShare: (consult: ConsultModel) => void;
}

function Item({ desk, consult, onShare }: ItemProps) {
  const say = useTexts("desk");
  const day = useMoment({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const state = consult.state.value;
  const over = state === "ended" || state === "expired" || state === "lost";
  const here = desk.current.value?.id === consult.id;
  const calls = consult.calls.value.length;
  return (
    <li class={here ? "consult-item here" : "consult-item"}>
      <button
        type="button"
        class="consult-open"
        aria-current={here ? "true" : undefined}
        onClick={() => desk.select(consult.id)}
      >
        <span class="consult-label">{consult.label.value || day(new Date(consult.created))}</span>
        <span class="small soft">
          {calls > 0 ? say("talking", { count: calls }) : say(`state_${state}`)}
        </span>
      </button>
      {over ? (
        <Button compact look="quiet" iconOnly icon="trash" onPress={() => desk.forget(consult.id)}>
          {say("forget")}
        </Button>
      ) : (
        <Button compact look="quiet" iconOnly icon="share" onPress={() => onShare(consult)}>
          {say("link")}
        </Button>
      )}
    </li>
  );
}
