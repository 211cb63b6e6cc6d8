import { useId, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { useBytes } from "../../files/view/bytes.ts";
import type { PermitLine, PermitsModel } from "../model.ts";

interface PermitListProps {
  readonly permits: PermitsModel;
  readonly onShow: (id: string) => void;
}

/** The permits that were given, and what became of each. */
export function PermitList({ permits, onShow }: PermitListProps) {
  const say = useTexts("files");
  const all = permits.list.value;
  if (all.length === 0) return null;
  return (
    <section class="stack" aria-label={say("permitGiven")}>
      <h3>{say("permitGiven")}</h3>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="permits-list">
        {all.map((permit) => (
          <li key={permit.id}>
            <Line permits={permits} permit={permit} onShow={() => onShow(permit.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  readonly permits: PermitsModel;
  readonly permit: PermitLine;
  readonly onShow: () => void;
}

function Line({ permits, permit, onShow }: LineProps) {
  const say = useTexts("files");
  const bytes = useBytes();
  const moment = useMoment({ dateStyle: "medium", timeStyle: "short" });
  const [asking, ask] = useState(false);
  const title = useId();
  const { id, label, size, state, until } = permit;
  return (
    <div class="permits-line">
      <div>
        <strong class="permits-name" id={title}>
          {label}
        </strong>
        <p class="small soft">
          {bytes(size)} ·{" "}
          {state === "unused"
            ? say("permitUnused", { until: moment(new Date(until)) })
            : say(`permitState_${state}`)}
        </p>
      </div>
      <div class="row">
        {state === "unused" && (
          <>
            <Button compact icon="share" describedBy={title} onPress={onShow}>
              {say("permitShow")}
            </Button>
            <Button compact look="quiet" icon="close" describedBy={title} onPress={() => ask(true)}>
              {say("permitWithdraw")}
            </Button>
          </>
        )}
        {state !== "unused" && state !== "begun" && (
          <Button
            compact
            look="quiet"
            icon="trash"
            describedBy={title}
            onPress={() => permits.forget(id)}
          >
            {say("permitForget")}
          </Button>
        )}
      </div>
      {asking && (
        <Confirm
          title={say("permitWithdrawTitle")}
          confirm={say("permitWithdraw")}
          onConfirm={() => permits.withdraw(id)}
          onClose={() => ask(false)}
        >
          {say("permitWithdrawText", { label })}
        </Confirm>
      )}
    </div>
  );
}
