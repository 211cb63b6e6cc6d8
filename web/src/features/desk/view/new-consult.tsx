import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import type { ConsultModel, DeskModel } from "../desk.ts";
import { SharePane } from "./share-pane.tsx";

/** Makes a consult, then hands over its link. */
export function NewConsult({ desk, onClose }: { desk: DeskModel; onClose: () => void }) {
  const say = useTexts("desk");
  const [label, setLabel] = useState("");
  const [made, setMade] = useState<ConsultModel | null>(null);
  const [making, setMaking] = useState(false);
  const make = async (): Promise<void> => {
    setMaking(true);
    try {
      setMade(await desk.newConsult(label.trim()));
    } catch {
      // What went wrong stands in the desk's problem, shown below.
    } finally {
      setMaking(false);
    }
  };
  return (
    <Dialog title={say(made ? "shareTitle" : "newConsult")} onClose={onClose} large>
      {made ? (
        <SharePane consult={made} />
      ) : (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!making) void make();
          }}
        >
          <TextField
            label={say("label")}
            hint={say("labelHint")}
            value={label}
            onInput={setLabel}
            maxLength={80}
          />
          <ProblemNotice problem={desk.problem.value} />
          <div class="actions end">
            <Button look="main" submit disabled={making}>
              {say("makeLink")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
