import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Check } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Library } from "../../medicines/library.ts";
import { MedicineSearch } from "../../medicines/view/medicine-search.tsx";
import type { LineDraft } from "../draft.ts";
import type { Favourites } from "../favourites.ts";
import type { PrescriptionForm } from "../form.ts";
import { proposalOf } from "../proposal.ts";
import { DOSE_UNITS, DURATIONS, FORMS, isKeyOf, keysOf, RHYTHMS, ROUTES } from "../vocabulary.ts";
import { Input, Pick, useProblem } from "./fields.tsx";
import { SpecialFields } from "./special.tsx";

/** One medicine: what it is, how it is taken, for how long. */
export function LineFields({
  form,
  library,
  favourites,
  line,
  index,
}: {
  readonly form: PrescriptionForm;
  readonly library: Library;
  readonly favourites: Favourites;
  readonly line: LineDraft;
  readonly index: number;
}) {
  const say = useTexts("prescription");
  const lang = useAllTexts().language.value;
  const error = useProblem(form);
  const set = (changes: Partial<LineDraft>): void => form.setLine(index, changes);
  const at = (name: keyof LineDraft) => ({
    field: `lines.${index}.${name}`,
    error: error(`lines.${index}.${name}`),
  });
  type TextName = {
    [K in keyof LineDraft]: string extends LineDraft[K] ? K : never;
  }[keyof LineDraft];
  const text = (name: TextName) => ({
    ...at(name),
    value: line[name],
    onInput: (value: string) => set({ [name]: value }),
  });
  const choose = { id: "", label: say("choose") };
  const rhythms: Record<LineDraft["rhythm"], string> = {
    day: say("perDay"),
    week: say("perWeek"),
    month: say("perMonth"),
    hours: say("hours"),
  };
  const durations = { day: say("days"), week: say("weeks"), month: say("months") };
  const number = index + 1;
  const [listed, setListed] = useState(false);
  const [kept, setKept] = useState<boolean | null>(null);
  return (
    <fieldset class="rx-line">
      <legend>{say("line", { number })}</legend>
      <MedicineSearch
        library={library}
        onChoose={(medicine) => {
          const proposal = proposalOf(medicine);
          set(proposal);
          setListed(proposal.narcotic);
        }}
      />
      <div role="status">
        {listed && line.narcotic && <Notice tone="warn">{say("narcoticListed")}</Notice>}
      </div>
      <div class="rx-grid">
        <Input
          {...text("substance")}
          label={say("substance")}
          hint={say("substanceHint")}
          required
          wide
        />
        <Input
          {...text("strength")}
          label={say("strength")}
          hint={say("strengthHint")}
          required
          wide
        />
        <Pick
          {...at("form")}
          label={say("form")}
          value={line.form}
          choices={[
            choose,
            ...keysOf(FORMS).map((id) => ({ id, label: FORMS[id][lang] })),
            { id: "other", label: say("formOther") },
          ]}
          onChoose={(id) => set({ form: id === "other" || isKeyOf(FORMS, id) ? id : "" })}
        />
        <Pick
          {...at("route")}
          label={say("route")}
          value={line.route}
          choices={[choose, ...keysOf(ROUTES).map((id) => ({ id, label: ROUTES[id][lang] }))]}
          onChoose={(id) => set({ route: isKeyOf(ROUTES, id) ? id : "" })}
        />
        {line.form === "other" && (
          <Input {...text("otherForm")} label={say("otherForm")} required wide />
        )}
        <Input {...text("brand")} label={say("brand")} wide />
      </div>
      <div class="rx-grid four">
        <Input {...text("dose")} label={say("dose")} inputMode="decimal" required />
        <Pick
          {...at("unit")}
          label={say("unit")}
          value={line.unit}
          choices={[
            choose,
            ...keysOf(DOSE_UNITS).map((id) => ({ id, label: DOSE_UNITS[id][lang][0] })),
          ]}
          onChoose={(id) => set({ unit: isKeyOf(DOSE_UNITS, id) ? id : "" })}
        />
        <Input {...text("count")} label={say("count")} inputMode="numeric" required />
        <Pick
          {...at("rhythm")}
          label={say("rhythm")}
          value={line.rhythm}
          choices={keysOf(RHYTHMS).map((id) => ({ id, label: rhythms[id] }))}
          onChoose={(id) => isKeyOf(RHYTHMS, id) && set({ rhythm: id })}
        />
      </div>
      <div class="rx-grid">
        <Check checked={line.asNeeded} onChange={(asNeeded) => set({ asNeeded })}>
          {say("asNeeded")}
        </Check>
        {line.asNeeded && (
          <Input {...text("maximum")} label={say("maximum")} inputMode="decimal" required />
        )}
        <Input {...text("advice")} label={say("advice")} hint={say("adviceHint")} wide />
      </div>
      <div class="rx-grid four">
        <Input
          {...text("duration")}
          label={say("duration")}
          hint={say("durationHint")}
          inputMode="numeric"
        />
        <Pick
          {...at("durationUnit")}
          label={say("durationUnit")}
          value={line.durationUnit}
          choices={keysOf(DURATIONS).map((id) => ({ id, label: durations[id] }))}
          onChoose={(id) => isKeyOf(DURATIONS, id) && set({ durationUnit: id })}
        />
        <Input {...text("packs")} label={say("packs")} inputMode="numeric" />
        <Input
          {...text("renewals")}
          label={say("renewals")}
          hint={say("renewalsHint")}
          inputMode="numeric"
        />
      </div>
      <SpecialFields form={form} line={line} index={index} />
      <div class="row">
        {line.substance.trim() !== "" && (
          <Button
            look="quiet"
            compact
            icon="plus"
            onPress={async () => {
              const { key: _key, ...typed } = line;
              setKept(await favourites.add(typed));
            }}
          >
            {say("favouriteAdd")}
          </Button>
        )}
        {form.draft.value.lines.length > 1 && (
          <Button look="quiet" compact icon="trash" onPress={() => form.removeLine(index)}>
            {say("removeLine", { number })}
          </Button>
        )}
      </div>
      <p class="soft small" role="status">
        {kept !== null && say(kept ? "favouriteAdded" : "favouriteFull")}
      </p>
    </fieldset>
  );
}
