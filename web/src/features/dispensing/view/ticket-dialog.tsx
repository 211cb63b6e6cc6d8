import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { Qr } from "../../../ui/qr.tsx";
import { codeOf } from "../code.ts";
import "./dispensing.css";

/** What a patient shows at the pharmacy. */
export function TicketDialog({
  ticket,
  onClose,
}: {
  /** 32 bytes. */
  readonly ticket: Uint8Array;
  readonly onClose: () => void;
}) {
  const say = useTexts("dispensing");
  const code = codeOf(document.baseURI, ticket);
  return (
    <Dialog title={say("ticketTitle")} onClose={onClose}>
      <div class="stack">
        <p>{say("ticketText")}</p>
        <div class="counter-code">
          <Qr text={code.text} label={say("ticketCode")} />
        </div>
        <Notice tone="warn">{say("ticketWarn")}</Notice>
        <p>
          <a href={code.see} target="_blank" rel="noopener noreferrer">
            {say("ticketSee")}
          </a>
        </p>
      </div>
    </Dialog>
  );
}
