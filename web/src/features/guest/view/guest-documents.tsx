import { useEffect, useId, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import type { CallModel } from "../../consult/call.ts";
import type { GuestModel } from "../guest.ts";

const Documents = later(
  async () => (await import("../../documents/view/documents.tsx")).Documents,
  "documents",
);

const Offer = later(async () => (await import("../../keeping/view/offer.tsx")).Offer, "keeping");

const CALM_MS = 1500;

/** What the doctor sent, and whether it stays on this device: only when asked for. */
export function GuestDocuments({ guest, call }: { guest: GuestModel; call: CallModel }) {
  const say = useTexts("guest");
  const title = useId();
  // While the picture is on its way the browser has enough to do.
  const [calm, setCalm] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setCalm(true), CALM_MS);
    return () => window.clearTimeout(timer);
  }, []);
  // Nobody is there any more to be told.
  const over = guest.phase.value !== "consult" && guest.phase.value !== "held";
  const visit = guest.keepable();
  const due = calm || call.documents.value.length > 0;
  return (
    <section aria-labelledby={title}>
      <h2 id={title} class="side-title">
        {say("documentsTitle")}
      </h2>
      {due && (
        <Documents
          documents={call.documents}
          keep={{ on: guest.keepOnDevice, set: guest.setKeepOnDevice }}
          {...(over
            ? {}
            : {
                tell: { on: guest.tellOpened, set: guest.setTellOpened, opened: call.tellOpened },
              })}
        />
      )}
      {visit && call.documents.value.some(({ state }) => state === "verified") && (
        <Offer visit={visit} name={() => call.who.value.name} />
      )}
    </section>
  );
}
