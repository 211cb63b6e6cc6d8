import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { later } from "../../../ui/later.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { LockSettings } from "../../lock/view/lock-settings.tsx";
import type { Problem } from "../../problems.ts";
import type { DeskModel } from "../desk.ts";
import { ProfileForm } from "./profile-form.tsx";

export type ProfilePart = "details" | "devices" | "waysBack" | "helping";

const PARTS: readonly ProfilePart[] = ["details", "devices", "waysBack", "helping"];

const OwnDevices = later(async () => (await import("./own-devices.tsx")).OwnDevices, "adding");
const HelpedPeople = later(
  async () => (await import("../../helping/view/people.tsx")).HelpedPeople,
  "helping",
  "adding",
);
const OwnWays = later(async () => (await import("./own-ways.tsx")).OwnWays, "recovery");

interface ProfileDialogProps {
  readonly desk: DeskModel;
  readonly first: ProfilePart;
  readonly onClose: () => void;
}

/** What is the doctor's own: the details, the devices, and the ways back. */
export function ProfileDialog({ desk, first, onClose }: ProfileDialogProps) {
  const say = useTexts("desk");
  const [part, show] = useState(first);
  const [devices, ways] = [desk.devices.value, desk.ways.value];
  const helping = desk.helping.value;
  useEffect(() => () => ways?.leave(), [ways]);
  return (
    <Dialog title={say(part)} onClose={onClose} large>
      <nav class="row profile-parts" aria-label={say("profileTitle")}>
        {PARTS.map((name) => (
          <Button
            key={name}
            compact
            look="quiet"
            pressed={part === name}
            onPress={() => {
              ways?.leave();
              show(name);
            }}
          >
            {say(name)}
          </Button>
        ))}
      </nav>
      {part === "details" && <Details desk={desk} onClose={onClose} />}
      {part === "devices" && devices && <OwnDevices desk={desk} devices={devices} />}
      {part === "helping" && helping && <HelpedPeople model={helping} />}
      {part === "waysBack" && ways && (
        <OwnWays ways={ways} owner={desk.practitioner.value?.name ?? ""} />
      )}
    </Dialog>
  );
}

/** The doctor's details, to be changed, and the number by which others find their card. */
function Details({ desk, onClose }: { desk: DeskModel; onClose: () => void }) {
  const say = useTexts("desk");
  const [problem, tell] = useState<Problem | null>(null);
  return (
    <>
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
    </>
  );
}
