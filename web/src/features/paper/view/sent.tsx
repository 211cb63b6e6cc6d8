import type { ComponentChildren } from "preact";
import { Button } from "../../../ui/button.tsx";
import { Notice } from "../../../ui/notice.tsx";
import { useHeading } from "./heading.ts";

interface SentProps {
  readonly title: string;
  readonly text: string;
  readonly another: string;
  readonly close: string;
  readonly onAnother: () => void;
  readonly onClose: () => void;
  /** What else can be done with it. */
  readonly children?: ComponentChildren;
}

/** What was signed is on its way; another one may follow. */
export function Sent({ title, text, another, close, onAnother, onClose, children }: SentProps) {
  const heading = useHeading();
  return (
    <div class="rx-form">
      <Notice icon="check">
        <h3 ref={heading} tabIndex={-1}>
          {title}
        </h3>
        <p>{text}</p>
      </Notice>
      {children}
      <div class="actions end">
        <Button onPress={onAnother}>{another}</Button>
        <Button look="main" onPress={onClose}>
          {close}
        </Button>
      </div>
    </div>
  );
}
