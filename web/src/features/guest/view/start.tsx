import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Icon, type IconName } from "../../../ui/icons.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import type { GuestModel } from "../guest.ts";

const NEEDS = [
  ["door", "needPlace"],
  ["camera", "needCamera"],
  ["document", "needPapers"],
] as const satisfies readonly (readonly [IconName, string])[];

/** Before the tap: nothing has been sent, and link scanners stop here. */
export function Start({ guest }: { guest: GuestModel }) {
  const say = useTexts("guest");
  return (
    <div class="aside start">
      <div class="stack loose">
        <h1>{say("startTitle")}</h1>
        <p class="lead">{say("startLead")}</p>
        <ul class="bare needs">
          {NEEDS.map(([icon, key]) => (
            <li key={key}>
              <Icon name={icon} />
              <span>{say(key)}</span>
            </li>
          ))}
        </ul>
        <ProblemNotice problem={guest.problem.value} />
        <Button look="main" wide onPress={() => guest.begin()}>
          {say("continue")}
        </Button>
        <p class="small soft">{say("startNote")}</p>
      </div>
    </div>
  );
}
