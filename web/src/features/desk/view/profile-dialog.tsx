import { useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { LockSettings } from "../../lock/view/lock-settings.tsx";
import type { Problem } from "../../problems.ts";
import type { DeskModel } from "../desk.ts";
import { ProfileForm } from "./profile-form.tsx";

/** The doctor's details, to be changed, and the number by which others find their card. */
export function ProfileDialog({ desk, onClose }: { desk: DeskModel; onClose: () => void }) {
  const say = useTexts("desk");
  const [problem, tell] = useState<Problem | null>(null);
  return (
    <Dialog title={say("profileTitle")} onClose={onClose} large>
      <ProfileForm
        initial={desk.practitioner.value}
        action={say("save")}
        onSave={async (changed) => {
          tell(null);
          const found = await desk.savePractitioner(changed);
          tell(found);
          if (!found) onClose();
        }}
      />
      <ProblemNotice problem={problem} />
      <CopyField
        label={say("cardNumber")}
        hint={say("cardNumberHint")}
        text={desk.identity.value}
        copy={say("copyNumber")}
      />
      <LockSettings lock={desk.lock} />
    </Dialog>
  );
}
