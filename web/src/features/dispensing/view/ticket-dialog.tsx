import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Notice } from "../../../ui/notice.tsx";
import { Qr, qrPath } from "../../../ui/qr.tsx";
import { codeOf } from "../code.ts";
import "./dispensing.css";

/** What a patient shows at the pharmacy. */
export function TicketDialog({
  ticket,
  pdf,
  issued,
  onClose,
}: {
  /** 32 bytes. */
  readonly ticket: Uint8Array;
  /** The prescription that it belongs to, where it has one. */
  readonly pdf?: Uint8Array | undefined;
  /** When that was signed, `YYYY-MM-DD…`. */
  readonly issued: string;
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
        {pdf && <OnPaper pdf={pdf} issued={issued} text={code.text} />}
        <p>
          <a href={code.see} target="_blank" rel="noopener noreferrer">
            {say("ticketSee")}
          </a>
        </p>
      </div>
    </Dialog>
  );
}

/**
 * Made on one press and opened on another: browsers open a tab for a press, and not for what became
 * ready some seconds later.
 */
function OnPaper({ pdf, issued, text }: { pdf: Uint8Array; issued: string; text: string }) {
  const say = useTexts("dispensing");
  const hands = useHands();
  const [paper, setPaper] = useState<Uint8Array | "making" | "failed" | null>(null);
  async function make(): Promise<void> {
    setPaper("making");
    try {
      const { paperWithCode } = await import("../paper.ts");
      const about = { issued, host: new URL(text).host };
      setPaper(await paperWithCode(pdf, qrPath(text), about));
    } catch {
      setPaper("failed");
    }
  }
  const ready = paper instanceof Uint8Array;
  return (
    <div class="stack">
      <p>{say("paperText")}</p>
      <div class="actions">
        <Button icon="document" onPress={ready ? () => hands.openPdf(paper) : make}>
          {say(ready ? "paperOpen" : "paperMake")}
        </Button>
      </div>
      <p class="small" role="status">
        {paper === "making" && say("paperMaking")}
        {paper === "failed" && say("paperFailed")}
        {ready && say("paperReady")}
      </p>
    </div>
  );
}
