import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { Check, TextArea, TextField } from "../../../ui/field.tsx";
import { Findings, type ProblemKey } from "../../prescription/problems.ts";
import type { Practitioner } from "../desk.ts";
import { CARD_TEXT, checkProfile, NOBODY } from "../profile.ts";
import { Languages } from "./languages.tsx";

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
  /** What else is chosen, before the action. */
  readonly children?: ComponentChildren;
}

/** Who the doctor is, as prescriptions and their card state it. */
export function ProfileForm({ initial, action, onSave, children }: ProfileFormProps) {
  const say = useTexts("desk");
  const [draft, setDraft] = useState(initial ?? NOBODY);
  const [wrong, setWrong] = useState<ReadonlyMap<string, ProblemKey>>(new Map());
  const [saving, setSaving] = useState(false);

  const save = async (form: HTMLFormElement): Promise<void> => {
    const findings = new Findings();
    const checked = checkProfile(findings, draft);
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

  const bind = (field: Exclude<keyof Practitioner, "languages" | "listed">) => {
    const key = wrong.get(`prescriber.${field}`);
    return {
      value: draft[field],
      onInput: (value: string) => setDraft({ ...draft, [field]: value }),
      error: key && say(hasSentence(key) ? SENTENCES[key] : "wrongRequired"),
      required: field !== "place",
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
      <p class="soft">{say("profileNote")}</p>
      <TextField label={say("name")} hint={say("nameHint")} autoComplete="name" {...bind("name")} />
      <div class="profile-pair">
        <TextField label={say("profession")} {...bind("profession")} />
        <TextField label={say("speciality")} {...bind("speciality")} />
      </div>
      <TextField label={say("rpps")} hint={say("rppsHint")} inputMode="numeric" {...bind("rpps")} />
      <TextArea label={say("address")} hint={say("addressHint")} rows={3} {...bind("address")} />
      <TextField label={say("place")} maxLength={CARD_TEXT} {...bind("place")} />
      <Languages
        chosen={draft.languages}
        onChoose={(languages) => setDraft({ ...draft, languages })}
      />
      <Check checked={draft.listed} onChange={(listed) => setDraft({ ...draft, listed })}>
        {say("listed")}
      </Check>
      <div class="profile-pair">
        <TextField label={say("phone")} type="tel" autoComplete="tel" {...bind("phone")} />
        <TextField label={say("email")} type="email" autoComplete="email" {...bind("email")} />
      </div>
      {children}
      <div class="actions">
        <Button look="main" submit disabled={saving}>
          {action}
        </Button>
      </div>
    </form>
  );
}
