/** The prescription being written, in the states that no visit begins with. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import {
  createPrescriptionForm,
  type PrescriptionForm,
} from "../../src/features/prescription/form.ts";
import { PrescriptionSteps } from "../../src/features/prescription/view/prescription.tsx";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";
import { line, PRESCRIBER } from "../prescription/samples.ts";
import { writingHelp } from "./medicines.ts";

const NAME = "Łukasz Şahin";
const LINES = {
  ald: line({ substance: "metformine", strength: "1000 mg", count: "2", zone: "ald" }),
  other: line({ brand: "Exemplaxil", substitution: "MTE", zone: "other" }),
  narcotic: line({
    substance: "sulfate de morfictine",
    strength: "10 mg",
    form: "prolongedCapsule",
    unit: "capsule",
    dose: "1",
    count: "12",
    rhythm: "hours",
    duration: "28",
    narcotic: true,
    overlap: true,
    delivery: "split",
    deliveryDays: "7",
    pharmacy: "Pharmacie de l’Exemple, Lyon",
    zone: "ald",
  }),
};

function written(lines: readonly ReturnType<typeof line>[]): PrescriptionForm {
  const form = createPrescriptionForm({
    clock: { now: () => Date.UTC(2026, 7, 3), after: () => () => undefined },
    random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    // The fonts, which the page asks for before it shows what is to be signed.
    async http({ target }) {
      const response = await fetch(target);
      const { status, headers } = response;
      return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
    },
    call: { who: signal({ name: NAME }), sendDocument: async () => undefined },
    practitioner: PRESCRIBER,
    confirm: async () => true,
  });
  form.setPatient({ sex: "M", birth: "1985-03-02" });
  form.useLines(lines);
  return form;
}

const shown = (form: PrescriptionForm): ComponentChild => (
  <Page>
    <div class="column stack">
      <ScreenTitle>Aparté</ScreenTitle>
      <PrescriptionSteps form={form} name={NAME} help={writingHelp} onClose={() => undefined} />
    </div>
  </Page>
);

const reviewed = async (lines: readonly ReturnType<typeof line>[]): Promise<ComponentChild> => {
  const form = written(lines);
  await form.review();
  return shown(form);
};

export const prescriptions: Readonly<
  Record<string, () => ComponentChild | Promise<ComponentChild>>
> = {
  zones: () => shown(written([LINES.ald, LINES.other])),
  narcotic: () => shown(written([{ ...LINES.narcotic, zone: "" }])),
  refused: () =>
    reviewed([
      { ...LINES.narcotic, duration: "29", deliveryDays: "1", renewals: "1" },
      { ...LINES.other, zone: "" },
    ]),
  sign: () => reviewed([LINES.other, LINES.ald, LINES.narcotic]),
};
