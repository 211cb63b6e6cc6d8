import { useId } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import type { CallModel } from "../../consult/call.ts";
import type { GuestModel } from "../guest.ts";

const Documents = later(
  async () => (await import("../../documents/view/documents.tsx")).Documents,
  "documents",
);

/** What the doctor sent, and whether it stays on this device: only when asked for. */
export function GuestDocuments({ guest, call }: { guest: GuestModel; call: CallModel }) {
  const say = useTexts("guest");
  const title = useId();
  // Not before it is needed: while the picture is on its way the browser has enough to do.
  const due = call.since.value !== null || call.documents.value.length > 0;
  return (
    <section aria-labelledby={title}>
      <h2 id={title} class="side-title">
        {say("documentsTitle")}
      </h2>
      {due && (
        <Documents
          documents={call.documents}
          keep={{ on: guest.keepOnDevice, set: guest.setKeepOnDevice }}
        />
      )}
    </section>
  );
}
