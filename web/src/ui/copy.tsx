import { useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { useTexts } from "./context.tsx";
import { TextField } from "./field.tsx";
import { useHands } from "./hands.ts";

interface CopyFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
  /** What the button says. */
  readonly copy: string;
}

/** A line to hand on, that can be marked by hand where the browser copies nothing. */
export function CopyField({ label, hint, text, copy }: CopyFieldProps) {
  return (
    <div class="copy-row">
      <TextField label={label} hint={hint} value={text} readOnly />
      <CopyButton text={text}>{copy}</CopyButton>
    </div>
  );
}

export function CopyButton({ text, children }: { text: string; children: string }) {
  const say = useTexts("ui");
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
