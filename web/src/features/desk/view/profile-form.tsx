import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextArea, TextField } from "../../../ui/field.tsx";
import { Findings, type ProblemKey } from "../../prescription/problems.ts";
import { checkPrescriber } from "../../prescription/rules/prescriber.ts";
import type { Practitioner } from "../desk.ts";

const EMPTY: Practitioner = {
  name: "",
  profession: "",
  speciality: "",
  rpps: "",
  address: "",
  phone: "",
  email: "",
};

const SENTENCES = {
  required: "wrongRequired",
  too_long: "wrongLong",
  unprintable: "wrongUnprintable",
  name_short: "wrongName",
  rpps: "wrongRpps",
  address_country: "wrongCountry",
  address_short: "wrongAddress",
  phone: "wrongPhone",
  email: "wrongEmail",
} as const satisfies Partial<Record<ProblemKey, string>>;

const hasSentence = (key: ProblemKey): key is keyof typeof SENTENCES =>
  Object.hasOwn(SENTENCES, key);

interface ProfileFormProps {
  readonly initial: Practitioner | null;
  readonly action: string;
  readonly onSave: (practitioner: Practitioner) => Promise<void>;
}

/** Who the doctor is, as prescriptions must state it. */
export function ProfileForm({ initial, action, onSave }: ProfileFormProps) {
  const say = useTexts("desk");
  const [draft, setDraft] = useState(initial ?? EMPTY);
  const [wrong, setWrong] = useState<ReadonlyMap<string, ProblemKey>>(new Map());
  const [saving, setSaving] = useState(false);

  const save = async (form: HTMLFormElement): Promise<void> => {
    const findings = new Findings();
    const checked = checkPrescriber(findings, draft);
    setWrong(new Map(findings.all.map(({ field, key }) => [field, key])));
    if (findings.all.length > 0) {
      // The errors are rendered after this turn; then the first wrong field takes the focus.
      window.setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setSaving(true);
    try {
      await onSave(checked);
    } finally {
      setSaving(false);
    }
  };

  const bind = (field: keyof Practitioner) => {
    const key = wrong.get(`prescriber.${field}`);
    return {
      value: draft[field],
      onInput: (value: string) => setDraft({ ...draft, [field]: value }),
      error: key && say(hasSentence(key) ? SENTENCES[key] : "wrongRequired"),
      required: true,
    };
  };

  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!saving) void save(event.currentTarget);
      }}
    >
      <TextField label={say("name")} hint={say("nameHint")} autoComplete="name" {...bind("name")} />
      <div class="profile-pair">
        <TextField label={say("profession")} {...bind("profession")} />
        <TextField label={say("speciality")} {...bind("speciality")} />
      </div>
      <TextField label={say("rpps")} hint={say("rppsHint")} inputMode="numeric" {...bind("rpps")} />
      <TextArea label={say("address")} hint={say("addressHint")} rows={3} {...bind("address")} />
      <div class="profile-pair">
        <TextField label={say("phone")} type="tel" autoComplete="tel" {...bind("phone")} />
        <TextField label={say("email")} type="email" autoComplete="email" {...bind("email")} />
      </div>
      <p class="small soft">{say("profileNote")}</p>
      <div class="actions">
        <Button look="main" submit disabled={saving}>
          {action}
        </Button>
      </div>
    </form>
  );
}
