import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Brand, LanguageSwitch, Page } from "../../../ui/page.tsx";
import type { LockModel } from "../lock.ts";
import { ConfirmLock } from "./confirm.tsx";
import { LockScreen } from "./lock-screen.tsx";
import { SetLock } from "./set-lock.tsx";
import "./lock.css";

interface LockGateProps {
  readonly lock: LockModel;
  readonly children: ComponentChildren;
}

/**
 * Shows the page where the lock is open. Covered, it stays and goes on, unseen and out of reach of
 * every key and reader.
 */
export function LockGate({ lock, children }: LockGateProps) {
  const state = lock.state.value;
  const covered = state === "covered";
  if (lock.wanted.value || state === "locked") {
    return (
      <Page>
        <div class="column">
          {lock.wanted.value ? <SetLock lock={lock} first /> : <LockScreen lock={lock} />}
        </div>
      </Page>
    );
  }
  return (
    <>
      <div class={covered ? "lock-under covered" : "lock-under"} inert={covered}>
        {children}
      </div>
      {covered && <Cover lock={lock} />}
      {!covered && <ConfirmLock lock={lock} />}
    </>
  );
}

/** A dialog above all others: those that are open below are inert while it is there. */
function Cover({ lock }: { readonly lock: LockModel }) {
  const say = useTexts("lock");
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // What is to be done here comes before the choice of a language, which is first in order.
    dialog?.querySelector<HTMLElement>("input, h1")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class="lock-cover"
      aria-label={say("lockedTitle")}
      onCancel={(event) => event.preventDefault()}
      // A browser closes a dialog at the second Escape, whatever is said to *cancel*: the key itself
      // is kept from it.
      onKeyDown={(event) => event.key === "Escape" && event.preventDefault()}
      // There are other ways to close one, such as the way back of a phone.
      onClose={() => element.current?.isConnected && element.current.showModal()}
    >
      <div class="page">
        <header class="topbar">
          <Brand />
          <LanguageSwitch />
        </header>
        <main>
          <div class="column">
            <LockScreen lock={lock} />
          </div>
        </main>
      </div>
    </dialog>
  );
}
