/** Guests who want to show images at the practice's expense: yes or no, with one tap. */
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Notice, ProblemNotice } from "../../../ui/notice.tsx";
import type { Beside } from "../../consult/call.ts";
import { useBytes } from "../../files/view/bytes.ts";
import type { GrantingModel } from "../disk/model.ts";

interface AsksProps {
  readonly model: GrantingModel;
  /** Whose side it is. */
  readonly nameOf: (side: Beside) => string;
}

export function Asks({ model, nameOf }: AsksProps) {
  const say = useTexts("imaging");
  const bytes = useBytes();
  const unpaid = model.unpaid.value;
  return (
    <>
      {model.asks.value.map((ask) =>
        ask.granted ? (
          <Notice key={ask.ask} icon="photo">
            <p>{say("askGranted", { name: nameOf(ask.side) })}</p>
          </Notice>
        ) : (
          <Notice
            key={ask.ask}
            icon="photo"
            actions={
              <>
                <Button compact look="main" onPress={() => model.grant(ask)}>
                  {say("askGrant")}
                </Button>
                <Button compact onPress={() => model.decline(ask)}>
                  {say("askDecline")}
                </Button>
              </>
            }
          >
            <p>{say("askText", { name: nameOf(ask.side), size: bytes(ask.bytes) })}</p>
          </Notice>
        ),
      )}
      {unpaid === "quota_exceeded" ? (
        <Notice tone="warn">
          <p>{say("diskUnpaid")}</p>
        </Notice>
      ) : (
        unpaid && <ProblemNotice problem={{ key: unpaid, loud: false }} />
      )}
    </>
  );
}
