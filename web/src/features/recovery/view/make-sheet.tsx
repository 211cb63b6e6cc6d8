import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { useHands } from "../../../ui/hands.ts";
import type { SheetMaking, WaysBackModel } from "../ways-back.ts";
import { LABEL_UNITS } from "./make-passkey.tsx";
import { Sheet } from "./sheet.tsx";
import { StepTitle } from "./step-title.tsx";

interface MakeSheetProps {
  readonly model: WaysBackModel;
  readonly making: SheetMaking;
  readonly owner: string;
}

/** The sheet to print; then two of its words, typed from the paper, before it counts. */
export function MakeSheet(props: MakeSheetProps) {
  return props.making.stage === "show" ? <Show {...props} /> : <CheckWords {...props} />;
}

function Show({ model, making, owner }: MakeSheetProps) {
  const say = useTexts("recovery");
  const hands = useHands();
  return (
    <div class="stack loose">
      <div class="stack">
        <StepTitle>{say("sheetTitle")}</StepTitle>
        <p>
          {say("sheetLead")} {making.replaces && say("replacing")}
        </p>
        <TextField
          label={say("sheetLabel")}
          hint={say("sheetLabelHint")}
          value={making.label}
          maxLength={LABEL_UNITS}
          onInput={(label) => model.setLabel(label)}
        />
      </div>
      <div class="actions">
        <Button look="main" icon="print" onPress={() => hands.print()}>
          {say("print")}
        </Button>
        <Button icon="arrow" onPress={() => model.printed()}>
          {say("printed")}
        </Button>
        <Button look="quiet" onPress={() => model.cancel()}>
          {say("cancelMaking")}
        </Button>
      </div>
      <p class="small soft">{say("noPrinter")}</p>
      <Sheet making={making} owner={owner} page={model.page} />
    </div>
  );
}

function CheckWords({ model, making }: MakeSheetProps) {
  const say = useTexts("recovery");
  const [typed, type] = useState<readonly string[]>(making.asked.map(() => ""));
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void model.check(typed);
      }}
    >
      <StepTitle>{say("askedTitle")}</StepTitle>
      <p>{say("askedLead")}</p>
      <div class="asked-words">
        {making.asked.map((place, at) => (
          <TextField
            key={place}
            label={say("askWord", { place })}
            value={typed[at] ?? ""}
            onInput={(word) => type(typed.with(at, word))}
            error={making.wrong.includes(place) ? say("wrongWord", { place }) : undefined}
            secret
          />
        ))}
      </div>
      <div class="actions end">
        <Button onPress={() => model.show()}>{say("back")}</Button>
        <Button look="main" submit>
          {say("check")}
        </Button>
      </div>
    </form>
  );
}
