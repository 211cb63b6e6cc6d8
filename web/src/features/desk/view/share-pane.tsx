import { useState } from "preact/hooks";
import { encode } from "uqr";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { useHands } from "../../../ui/hands.ts";
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
        <LinkField label={say("linkLabel")} text={url} copy={say("copyLink")} />
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

function LinkField({ label, text, copy }: { label: string; text: string; copy: string }) {
  return (
    <div class="copy-row">
      <TextField label={label} value={text} readOnly />
      <CopyButton text={text}>{copy}</CopyButton>
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

function CopyButton({ text, children }: { text: string; children: string }) {
  const say = useTexts("desk");
  const hands = useHands();
  const [told, tell] = useState<"copied" | "copyFailed" | null>(null);
  return (
    <>
      <Button
        compact
        icon={told === "copied" ? "check" : "copy"}
        onPress={async () => tell((await hands.copy(text)) ? "copied" : "copyFailed")}
      >
        {children}
      </Button>
      <span class="small soft" role="status">
        {told && say(told)}
      </span>
    </>
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
