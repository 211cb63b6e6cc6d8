import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/field.tsx";
import { later } from "../../../ui/later.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Line as Prescribed } from "../../prescription/model.ts";
import { supplyWords, titleWords } from "../../prescription/wording.ts";
import type { CounterLine, CounterModel } from "../model.ts";

/** For who has a card here: with what opens the lock. */
const OwnCardPane = later(async () => (await import("./own-card.tsx")).OwnCardPane);
const ConfirmLock = later(
  async () => (await import("../../lock/view/confirm.tsx")).ConfirmLock,
  "lock",
);

/** What is given, all of a delivery or a part, and by whom. It cannot be undone. */
export function DispenseDialog({
  model,
  line,
  prescribed,
  onClose,
}: {
  readonly model: CounterModel;
  readonly line: CounterLine;
  readonly prescribed: Prescribed | undefined;
  readonly onClose: () => void;
}) {
  const say = useTexts("dispensing");
  const lang = useAllTexts().language.value;
  const [what, setWhat] = useState("");
  const [whole, setWhole] = useState(true);
  const [by, setBy] = useState(model.dispenser.value);
  const [missing, setMissing] = useState(false);
  const { card } = model;
  const revoked = card?.state.value === "revoked";
  const own = card && !revoked && by.signs !== false ? card : null;
  const send = async (): Promise<void> => {
    if (!own && by.name.trim() === "") {
      setMissing(true);
      return;
    }
    // Where it does not hold the card says why, or shows whose it is now.
    if (own && !(await own.confirm())) return;
    await model.dispense(line, what, whole, { ...by, signs: own !== null });
    onClose();
  };
  return (
    <Dialog title={say("dispenseTitle")} onClose={onClose} large>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <p>
          <strong>
            {prescribed ? titleWords(prescribed, lang) : say("line", { number: line.number })}
          </strong>
          {prescribed && ` ${supplyWords(prescribed, lang)}`}
        </p>
        <fieldset class="counter-choice">
          <legend>{say("howMuch")}</legend>
          {(line.parts ? [true, false] : [true]).map((all) => (
            <label key={String(all)} class="check">
              <input
                type="radio"
                name="whole"
                checked={whole === all}
                onChange={() => setWhole(all)}
              />
              <span>{say(all ? "whole" : "part")}</span>
            </label>
          ))}
          {!line.parts && <p class="soft small">{say("noParts")}</p>}
        </fieldset>
        <TextField
          label={say("what")}
          hint={say("whatHint")}
          value={what}
          onInput={setWhat}
          maxLength={200}
        />
        {revoked && <Notice tone="warn">{say("cardRevoked")}</Notice>}
        {card && !revoked && (
          <fieldset class="counter-choice">
            <legend>{say("whoGives")}</legend>
            {[true, false].map((signs) => (
              <label key={String(signs)} class="check">
                <input
                  type="radio"
                  name="signs"
                  checked={signs === (own !== null)}
                  onChange={() => setBy({ ...by, signs })}
                />
                <span>{say(signs ? "withCard" : "withoutCard")}</span>
              </label>
            ))}
          </fieldset>
        )}
        {own ? (
          <OwnCardPane card={own} />
        ) : (
          <>
            <TextField
              label={say("byName")}
              error={missing && by.name.trim() === "" ? say("byNameMissing") : undefined}
              value={by.name}
              onInput={(name) => setBy({ ...by, name })}
              maxLength={200}
              required
            />
            <TextField
              label={say("byPlace")}
              hint={say("byHint")}
              value={by.place}
              onInput={(place) => setBy({ ...by, place })}
              maxLength={200}
            />
          </>
        )}
        <p class="soft small">{say("dispenseLead")}</p>
        <div class="actions end">
          <Button onPress={onClose}>{say("cancel")}</Button>
          <Button
            look="main"
            icon={own?.state.value === "locked" ? "unlock" : "check"}
            submit
            disabled={own?.state.value === "asking" || own?.state.value === "unasked"}
            onPress={send}
          >
            {say(own?.state.value === "locked" ? "cardUnlock" : "dispenseNow")}
          </Button>
        </div>
      </form>
      {card && <ConfirmLock lock={card.lock} />}
    </Dialog>
  );
}
