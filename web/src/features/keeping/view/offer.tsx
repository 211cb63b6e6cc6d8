import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Keepable } from "../../guest/guest.ts";
import { type KeeperModel, keeperOf } from "../keeper.ts";
import { KeptProblem } from "./problem.tsx";
import "./keeping.css";

/** One calm offer below what came; once it is taken, where things are. */
export function Offer({ visit, name }: { readonly visit: Keepable; readonly name: () => string }) {
  return <Keeping keeper={keeperOf(visit, name)} />;
}

export function Keeping({ keeper }: { readonly keeper: KeeperModel }) {
  const say = useTexts("keeping");
  const state = keeper.state.value;
  if (state === "looking") return null;
  return (
    <div class="keeping">
      <KeptProblem problem={keeper.problem.value} />
      {state === "offered" ? (
        <Choice keeper={keeper} />
      ) : (
        <Notice icon={state === "kept" ? "check" : "clock"}>
          <p>{say(state)}</p>
          {state === "kept" && (
            <p>
              <a href="/documents/" target="_blank" rel="noopener">
                {say("openPage")}
              </a>
            </p>
          )}
        </Notice>
      )}
    </div>
  );
}

function Choice({ keeper }: { readonly keeper: KeeperModel }) {
  const say = useTexts("keeping");
  const [holder, setHolder] = useState("");
  return (
    <section class="stack">
      <h3>{say("keepTitle")}</h3>
      <p class="soft">{say("keepHint")}</p>
      <details>
        <summary>{say("keepFor")}</summary>
        <TextField
          label={say("keepFor")}
          hint={say("keepForHint")}
          maxLength={60}
          value={holder}
          onInput={setHolder}
        />
      </details>
      <div class="actions">
        <Button onPress={() => keeper.keep(holder)}>{say("keep")}</Button>
      </div>
    </section>
  );
}
