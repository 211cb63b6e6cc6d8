import { useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Check, TextArea } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { PrescriptionSummary } from "../../documents/view/summary.tsx";
import type { Library } from "../../medicines/library.ts";
import { LibraryPanel } from "../../medicines/view/library-panel.tsx";
import { useHeading } from "../../paper/view/heading.ts";
import { Sent } from "../../paper/view/sent.tsx";
import type { Earlier } from "../earlier.ts";
import type { Favourites } from "../favourites.ts";
import { createPrescriptionForm, type FormWorld, type PrescriptionForm } from "../form.ts";
import { ErrorSummary } from "./errors.tsx";
import { At, useProblem } from "./fields.tsx";
import { FileDrop } from "./file.tsx";
import { LineFields } from "./line.tsx";
import { PatientFields, PrescriberFields } from "./people.tsx";
import { Reuse } from "./reuse.tsx";
import { SignatureField } from "./signature-pad.tsx";
import "./prescription.css";

/** What makes writing quicker; it outlives the panel. */
export interface WritingHelp {
  readonly library: Library;
  readonly favourites: Favourites;
  readonly earlier: Earlier;
}

/**
 * Writes, signs and sends a prescription. `world` is read once, when the panel first shows: keep it
 * mounted while it is out of sight, so that nothing typed is lost.
 */
export function PrescriptionPanel({
  world,
  help,
  onClose,
}: {
  readonly world: FormWorld;
  readonly help: WritingHelp;
  readonly onClose: () => void;
}) {
  const [form] = useState(() => createPrescriptionForm(world));
  const name = world.call.who.value.name;
  return <PrescriptionSteps form={form} name={name} help={help} onClose={onClose} />;
}

export function PrescriptionSteps({
  form,
  name,
  help,
  onClose,
}: {
  readonly form: PrescriptionForm;
  /** Whom it is for. */
  readonly name: string;
  readonly help: WritingHelp;
  readonly onClose: () => void;
}) {
  const say = useTexts("prescription");
  return (
    <section class="rx">
      <div class="rx-head">
        <h2>{name === "" ? say("titleNoName") : say("title", { name })}</h2>
        <Button look="quiet" icon="close" iconOnly onPress={onClose}>
          {say("close")}
        </Button>
      </div>
      {form.step.value === "write" && <Write form={form} help={help} />}
      {form.step.value === "sign" && <Sign form={form} />}
      {form.step.value === "sent" && (
        <Sent
          title={say("sentTitle")}
          text={say("sentText")}
          another={say("another")}
          close={say("close")}
          onAnother={form.another}
          onClose={onClose}
        />
      )}
    </section>
  );
}

function Write({ form, help }: { form: PrescriptionForm; help: WritingHelp }) {
  const say = useTexts("prescription");
  const error = useProblem(form);
  const place = useRef<HTMLFormElement>(null);
  const { lines, instructions, twoZones } = form.draft.value;
  const fromFile = form.mode.value === "file";
  const linesError = error("lines");
  return (
    <form ref={place} class="rx-form" noValidate onSubmit={(event) => event.preventDefault()}>
      <p class="soft small">{say("intro")}</p>
      <div class="row" role="radiogroup" aria-label={say("how")}>
        {(["write", "file"] as const).map((mode) => (
          <label key={mode} class="check">
            <input
              type="radio"
              name="rx-mode"
              checked={form.mode.value === mode}
              onChange={() => form.setMode(mode)}
            />
            <span>{mode === "write" ? say("modeWrite") : say("modeFile")}</span>
          </label>
        ))}
      </div>
      <ErrorSummary form={form} within={place} />
      <PrescriberFields form={form} />
      {fromFile && <FileDrop form={form} />}
      <PatientFields form={form} namesOnly={fromFile} />
      {!fromFile && (
        <section class="rx-section">
          <h3>{say("lines")}</h3>
          <div>
            <Check checked={twoZones} onChange={form.setTwoZones}>
              {say("twoZones")}
            </Check>
            {twoZones && <p class="soft small">{say("twoZonesHint")}</p>}
          </div>
          <LibraryPanel library={help.library} />
          <Reuse form={form} favourites={help.favourites} earlier={help.earlier} />
          {lines.map((line, index) => (
            <LineFields
              key={line.key}
              form={form}
              library={help.library}
              favourites={help.favourites}
              line={line}
              index={index}
            />
          ))}
          <At field="lines">
            <Button icon="plus" onPress={form.addLine}>
              {say("addLine")}
            </Button>
            {linesError && <p class="error">{linesError}</p>}
          </At>
          <At field="instructions">
            <TextArea
              label={say("instructions")}
              hint={say("instructionsHint")}
              error={error("instructions")}
              value={instructions}
              onInput={form.setInstructions}
            />
          </At>
        </section>
      )}
      <ProblemNotice problem={form.failure.value} />
      <div class="actions end">
        <Button look="main" icon="pen" onPress={form.review}>
          {fromFile ? say("fileReview") : say("preview")}
        </Button>
      </div>
    </form>
  );
}

function Sign({ form }: { form: PrescriptionForm }) {
  const say = useTexts("prescription");
  const place = useRef<HTMLDivElement>(null);
  const heading = useHeading();
  const it = form.prescription.value;
  const file = form.file.value;
  return (
    <div ref={place} class="rx-form">
      <h3 ref={heading} tabIndex={-1}>
        {say("previewTitle")}
      </h3>
      {it && <p class="soft small">{say("previewLead")}</p>}
      <ErrorSummary form={form} within={place} />
      <div class="rx-paper">
        {it && <PrescriptionSummary it={it} words="fr" />}
        {!it && file && <p>{say("fileChosen", { name: file.name, pages: file.pages })}</p>}
        {it && <SignatureField form={form} />}
      </div>
      <p class="soft small">{say("legal")}</p>
      <ProblemNotice problem={form.failure.value} />
      <div class="actions end">
        <Button icon="back" onPress={form.change}>
          {say("change")}
        </Button>
        <Button look="main" icon="lock" onPress={form.send}>
          {say("send")}
        </Button>
      </div>
    </div>
  );
}
