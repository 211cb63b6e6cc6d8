import type { ReadonlySignal } from "@preact/signals";
import { useTexts } from "../../../ui/context.tsx";
import { TextArea } from "../../../ui/field.tsx";
import type { PrescriptionForm } from "../form.ts";
import type { Prescriber } from "../model.ts";
import type { Sex } from "../vocabulary.ts";
import { At, Input, Pick, useProblem } from "./fields.tsx";

interface WithPrescriber extends Pick<PrescriptionForm, "problems" | "setPrescriber"> {
  readonly draft: ReadonlySignal<{ readonly prescriber: Prescriber }>;
}

interface PrescriberFieldsProps {
  readonly form: WithPrescriber;
  /** What heads it, where it is no prescription that they write. */
  readonly title?: string;
  readonly edit?: string;
}

/** The prescriber's own data, filled in already; opened when something is wrong with it. */
export function PrescriberFields({ form, title, edit }: PrescriberFieldsProps) {
  const say = useTexts("prescription");
  const error = useProblem(form);
  const { prescriber } = form.draft.value;
  const wrong = form.problems.value.some(({ field }) => field.startsWith("prescriber."));
  const text = (name: keyof typeof prescriber) => ({
    field: `prescriber.${name}`,
    value: prescriber[name],
    onInput: (value: string) => form.setPrescriber({ [name]: value }),
    error: error(`prescriber.${name}`),
    required: true,
  });
  return (
    <section class="rx-section">
      <h3>{title ?? say("prescriber")}</h3>
      <p>
        <strong>{prescriber.name}</strong>
        {`, ${prescriber.profession}, ${prescriber.speciality}, RPPS ${prescriber.rpps}`}
      </p>
      <details open={wrong}>
        <summary>{edit ?? say("prescriberEdit")}</summary>
        <div class="rx-grid">
          <Input {...text("name")} label={say("prescriberName")} />
          <Input {...text("profession")} label={say("profession")} />
          <Input {...text("speciality")} label={say("speciality")} />
          <Input {...text("rpps")} label={say("rpps")} hint={say("rppsHint")} inputMode="numeric" />
          <At field="prescriber.address" wide>
            <TextArea
              label={say("address")}
              hint={say("addressHint")}
              error={error("prescriber.address")}
              value={prescriber.address}
              onInput={(address) => form.setPrescriber({ address })}
            />
          </At>
          <Input {...text("phone")} label={say("phone")} hint={say("phoneHint")} type="tel" />
          <Input {...text("email")} label={say("email")} type="email" />
        </div>
      </details>
    </section>
  );
}

const isSex = (value: string): value is Sex => ["F", "M", "I"].includes(value);

/** With a file of the practice's own software only the names are asked for. */
export function PatientFields({ form, namesOnly }: { form: PrescriptionForm; namesOnly: boolean }) {
  const say = useTexts("prescription");
  const error = useProblem(form);
  const { patient } = form.draft.value;
  const text = (name: "family" | "given" | "birth" | "weight" | "height") => ({
    field: `patient.${name}`,
    value: patient[name],
    onInput: (value: string) => form.setPatient({ [name]: value }),
    error: error(`patient.${name}`),
  });
  return (
    <section class="rx-section">
      <h3>{say("patient")}</h3>
      <p class="soft small">{say("patientHint")}</p>
      <div class="rx-grid">
        <Input {...text("family")} label={say("family")} required />
        <Input {...text("given")} label={say("given")} required />
        {!namesOnly && (
          <>
            <Pick
              field="patient.sex"
              label={say("sex")}
              value={patient.sex}
              error={error("patient.sex")}
              choices={[
                { id: "", label: say("choose") },
                { id: "F", label: say("sexF") },
                { id: "M", label: say("sexM") },
                { id: "I", label: say("sexI") },
              ]}
              onChoose={(id) => form.setPatient({ sex: isSex(id) ? id : "" })}
            />
            <Input {...text("birth")} label={say("birth")} type="date" required />
            <Input {...text("weight")} label={say("weight")} inputMode="decimal" />
            <Input {...text("height")} label={say("height")} inputMode="decimal" />
          </>
        )}
      </div>
    </section>
  );
}
