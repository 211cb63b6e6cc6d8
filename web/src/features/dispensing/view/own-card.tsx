import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { inert } from "../../inert.ts";
import { whoOf } from "../../practitioners/view/card.tsx";
import type { OwnCard } from "../model.ts";

/** Whose name will stand on the receipt, and what its readers will see of it. */
export function OwnCardPane({ card }: { readonly card: OwnCard }) {
  const say = useTexts("dispensing");
  const state = card.state.value;
  const shown = card.shown.value;
  return (
    <div class="stack counter-card" role="status">
      {state === "locked" && <p>{say("cardLocked")}</p>}
      {state === "asking" && <p class="soft">{say("cardAsking")}</p>}
      {state === "ready" && shown && (
        <>
          <p class="soft small">{say("cardStands")}</p>
          <p>
            <strong>{whoOf(shown.card)}</strong>
          </p>
          <p class="small">
            {shown.attestation
              ? say("cardAttested", { registrar: inert(shown.attestation.registrar) })
              : say("cardUnattested")}
          </p>
        </>
      )}
      {state === "unasked" && (
        <Notice tone="warn">
          <p>{say("cardUnasked")}</p>
          <Button compact icon="flip" onPress={card.ask}>
            {say("cardAgain")}
          </Button>
        </Notice>
      )}
    </div>
  );
}
