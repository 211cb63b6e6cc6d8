import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "./button.tsx";
import { useTexts } from "./context.tsx";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly large?: boolean;
}

/** A modal dialog; the browser keeps the focus inside, Escape closes, and the focus goes back. */
export function Dialog({ title, onClose, children, large = false }: DialogProps) {
  const say = useTexts("ui");
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={large ? "dialog large" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-frame">
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          <Button look="quiet" icon="close" iconOnly onPress={onClose}>
            {say("close")}
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly confirm: string;
  readonly onConfirm: () => unknown;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone; the way back comes first. */
export function Confirm({ title, children, confirm, onConfirm, onClose }: ConfirmProps) {
  const say = useTexts("ui");
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <div class="actions end">
        <Button onPress={onClose}>{say("cancel")}</Button>
        <Button
          look="danger"
          onPress={async () => {
            await onConfirm();
            onClose();
          }}
        >
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
