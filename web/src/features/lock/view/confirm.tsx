import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import type { LockModel } from "../lock.ts";
import { Unlock } from "./unlock.tsx";

/** While the lock asks, before something is signed: who is there opens it, or says no. */
export function ConfirmLock({ lock }: { readonly lock: LockModel }) {
  const say = useTexts("lock");
  if (!lock.asking.value) return null;
  return (
    <Dialog title={say("confirmTitle")} onClose={lock.cancel}>
      <p>{say("confirmText")}</p>
      <Unlock lock={lock} action={say("confirm")} />
    </Dialog>
  );
}
