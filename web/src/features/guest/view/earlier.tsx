import { useId } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import type { CallModel } from "../../consult/call.ts";
import { ChatLog } from "../../consult/view/chat.tsx";
import type { GuestModel } from "../guest.ts";
import { GuestDocuments } from "./guest-documents.tsx";
import "../../consult/view/consult.css";

/** What was written and handed over before the person was sent back to the waiting room. */
export function Earlier({ guest, call }: { guest: GuestModel; call: CallModel }) {
  const say = useTexts("consult");
  const title = useId();
  return (
    <div class="stack earlier">
      {guest.chat.chat.value.length > 0 && (
        <section class="chat" aria-labelledby={title}>
          <h2 id={title} class="side-title">
            {say("messages")}
          </h2>
          <ChatLog
            model={guest.chat}
            other={guest.people.value[0]?.name.value ?? call.who.value.name}
          />
        </section>
      )}
      {call.documents.value.length > 0 && <GuestDocuments guest={guest} call={call} />}
    </div>
  );
}
