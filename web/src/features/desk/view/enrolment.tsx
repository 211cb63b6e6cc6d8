import { useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Check, TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { ScreenTitle } from "../../../ui/page.tsx";
import type { DeskModel } from "../desk.ts";
import { ProfileForm } from "./profile-form.tsx";

/** First use: this browser becomes the doctor's device, with the one-time code of the operator. */
export function Enrolment({ desk, code }: { desk: DeskModel; code: string }) {
  const say = useTexts("desk");
  const [typed, setTyped] = useState(code);
  const [twice, setTwice] = useState(desk.twice.value);
  return (
    <div class="stack loose">
      <ScreenTitle>{say("enrolTitle")}</ScreenTitle>
      <p class="lead">{say("enrolLead")}</p>
      {!code && (
        <TextField
          label={say("enrolCode")}
          hint={say("enrolCodeHint")}
          value={typed}
          onInput={setTyped}
        />
      )}
      <ProfileForm
        initial={desk.practitioner.value}
        action={say("enrol")}
        onSave={(practitioner) => desk.enrol(typed.trim(), practitioner, twice)}
      >
        <Check checked={twice} onChange={setTwice}>
          {say("enrolTwice")}
        </Check>
      </ProfileForm>
      <ProblemNotice problem={desk.problem.value} />
    </div>
  );
}
