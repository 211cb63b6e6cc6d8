import { encode } from "uqr";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { useHands } from "../../../ui/hands.ts";
import type { ConsultModel } from "../desk.ts";
import { CopyButton, CopyField } from "./copy.tsx";

/**
 * The ways to hand over a link. All of them start from this device: the server never holds the
 * link, so it sends nothing.
 */
export function SharePane({ consult, link }: { consult: ConsultModel; link?: string }) {
  const say = useTexts("desk");
  const hands = useHands();
  const day = useMoment({ day: "numeric", month: "long" });
  const url = link ?? consult.links.value.at(-1) ?? "";
  const message = say("message", { link: url, day: day(new Date(consult.expires)) });
  const body = encodeURIComponent(message);
  return (
    <div class="share">
      <div class="stack">
        <p>{say("shareText")}</p>
        <CopyField label={say("linkLabel")} text={url} copy={say("copyLink")} />
        <MessageField message={message} />
        <div class="actions">
          <a
            class="button compact"
            href={`mailto:?subject=${encodeURIComponent(say("subject"))}&body=${body}`}
          >
            {say("byMail")}
          </a>
          <a class="button compact" href={`sms:?&body=${body}`}>
            {say("bySms")}
          </a>
          {hands.share && (
            <Button compact icon="share" onPress={() => hands.share?.(message)}>
              {say("byShare")}
            </Button>
          )}
        </div>
      </div>
      <figure class="qr">
        <Qr text={url} label={say("qr")} />
        <figcaption class="small soft">{say("qrHint")}</figcaption>
      </figure>
      <div class="share-label">
        <TextField
          label={say("label")}
          hint={say("labelHint")}
          value={consult.label.value}
          onInput={(text) => consult.setLabel(text)}
          maxLength={80}
        />
      </div>
    </div>
  );
}

function MessageField({ message }: { message: string }) {
  const say = useTexts("desk");
  return (
    <div class="stack">
      <TextArea label={say("messageLabel")} value={message} rows={6} readOnly />
      <div>
        <CopyButton text={message}>{say("copyMessage")}</CopyButton>
      </div>
    </div>
  );
}

/** A QR code (ISO/IEC 18004) as one path, dark on light in both colour schemes: readers need that. */
function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
