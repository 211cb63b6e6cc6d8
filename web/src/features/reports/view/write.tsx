import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Check, TextArea } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { ErrorSummary, labelOfField } from "../../prescription/view/errors.tsx";
import { At, Input, useProblem } from "../../prescription/view/fields.tsx";
import { PrescriberFields } from "../../prescription/view/people.tsx";
import type { ReportForm } from "../form.ts";
import { KINDS, type Kind } from "../kinds.ts";
import { Sections } from "./sections.tsx";
import { TemplateList } from "./templates.tsx";

const CHOICES = Object.keys(KINDS) as Kind[];

export function Write({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const place = useRef<HTMLFormElement>(null);
  const { kind } = form.draft.value;
  return (
    <form ref={place} class="rx-form" noValidate onSubmit={(event) => event.preventDefault()}>
      <p class="soft small">{say("intro")}</p>
      <KindChoice form={form} />
      <Problems form={form} within={place} />
      {kind !== "record" && <TemplateList form={form} />}
      <PrescriberFields form={form} title={say("author")} edit={say("authorEdit")} />
      <Patient form={form} />
      {kind === "letter" && <Recipient form={form} />}
      {kind === "record" ? <Checks form={form} /> : <Sections form={form} />}
      <ProblemNotice problem={form.failure.value} />
      <div class="actions end">
        <Button look="main" icon="pen" onPress={form.review}>
          {say("preview")}
        </Button>
      </div>
    </form>
  );
}

function KindChoice({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const { kind } = form.draft.value;
  return (
    <div data-field="kind" class="rx-field">
      <div class="row" role="radiogroup" aria-label={say("kind")}>
        {CHOICES.filter((one) => one !== "record" || form.recordable).map((one) => (
          <label key={one} class="check">
            <input
              type="radio"
              name="report-kind"
              checked={kind === one}
              onChange={() => form.setKind(one)}
            />
            <span>{say(`kind_${one}`)}</span>
          </label>
        ))}
      </div>
      {!form.recordable && <p class="soft small">{say("noRecord")}</p>}
    </div>
  );
}

/** Names what is missing by what it is called here, or in a prescription where it is the same. */
export function Problems({
  form,
  within,
}: {
  readonly form: ReportForm;
  readonly within: RefObject<HTMLElement | null>;
}) {
  const say = useTexts("reports");
  const { sections } = form.draft.value;
  return (
    <ErrorSummary
      form={form}
      within={within}
      labelOf={(field, sayField) => {
        const [area = "", index = "", part] = field.split(".");
        if (area === "recipient") return say("recipient");
        if (area === "kind") return say("kind");
        if (area !== "sections") return labelOfField(field, sayField);
        if (part === "title") return say("sectionTitle");
        return sections[Number(index)]?.title || say("untitled");
      }}
    />
  );
}

function Patient({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const sayField = useTexts("prescription");
  const error = useProblem(form);
  const { patient } = form.draft.value;
  const text = (name: keyof typeof patient) => ({
    field: `patient.${name}`,
    label: sayField(name),
    value: patient[name],
    onInput: (value: string) => form.setPatient({ [name]: value }),
    error: error(`patient.${name}`),
  });
  return (
    <section class="rx-section">
      <h3>{sayField("patient")}</h3>
      <p class="soft small">{say("patientHint")}</p>
      <div class="rx-grid">
        <Input {...text("family")} required />
        <Input {...text("given")} required />
        <Input {...text("birth")} type="date" />
      </div>
    </section>
  );
}

function Recipient({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const error = useProblem(form);
  return (
    <At field="recipient">
      <TextArea
        label={say("recipient")}
        hint={say("recipientHint")}
        error={error("recipient")}
        value={form.draft.value.recipient}
        onInput={form.setRecipient}
      />
    </At>
  );
}

/** What no device can know, and only the doctor can say. */
function Checks({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const { compared, identity } = form.draft.value.checks;
  return (
    <section class="rx-section">
      <h3>{say("checks")}</h3>
      <p class="soft small">{say("recordHint")}</p>
      <div>
        <Check checked={compared} onChange={(on) => form.setChecks({ compared: on })}>
          {say("checkCompared")}
        </Check>
        <Check checked={identity} onChange={(on) => form.setChecks({ identity: on })}>
          {say("checkIdentity")}
        </Check>
      </div>
    </section>
  );
}
