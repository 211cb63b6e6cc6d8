import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { CopyButton, CopyField } from "../../../ui/copy.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Qr } from "../../../ui/qr.tsx";
import type { ConsultModel } from "../desk.ts";

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
