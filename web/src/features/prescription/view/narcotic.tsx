import { useTexts } from "../../../ui/context.tsx";
import { Check } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { LineDraft } from "../draft.ts";
import type { PrescriptionForm } from "../form.ts";
import { isKeyOf, keysOf, NARCOTIC_LIMITS } from "../vocabulary.ts";
import { Input, Pick, useProblem } from "./fields.tsx";

/** What is asked of a narcotic alone: its limit, its delivery, the pharmacy. */
export function NarcoticFields({
  form,
  line,
  index,
}: {
  readonly form: PrescriptionForm;
  readonly line: LineDraft;
  readonly index: number;
}) {
  const say = useTexts("prescription");
  const error = useProblem(form);
  const set = (changes: Partial<LineDraft>): void => form.setLine(index, changes);
  const at = (name: keyof LineDraft) => ({
    field: `lines.${index}.${name}`,
    error: error(`lines.${index}.${name}`),
  });
  const deliveries = { once: say("deliveryOnce"), split: say("deliverySplit") };
  const { days: most } = NARCOTIC_LIMITS[line.limit];
  return (
    <>
      <div>
        <Check checked={line.overlap} onChange={(overlap) => set({ overlap })}>
          {say("overlap")}
        </Check>
      </div>
      <Notice tone="warn">{say("narcoticHint", { most })}</Notice>
      <div class="rx-grid">
        <Pick
          {...at("limit")}
          label={say("narcoticLimit")}
          value={line.limit}
          choices={keysOf(NARCOTIC_LIMITS).map((id) => ({
            id,
            label: say(id === "84" ? "narcoticLongest" : "narcoticDays", {
              days: NARCOTIC_LIMITS[id].days,
            }),
          }))}
          onChoose={(id) => isKeyOf(NARCOTIC_LIMITS, id) && set({ limit: id })}
        />
        <Pick
          {...at("delivery")}
          label={say("delivery")}
          value={line.delivery}
          choices={[
            { id: "", label: say("deliveryNone") },
            ...keysOf(deliveries).map((id) => ({ id, label: deliveries[id] })),
          ]}
          onChoose={(id) => set({ delivery: isKeyOf(deliveries, id) ? id : "" })}
        />
        {line.delivery === "split" && (
          <Input
            {...at("deliveryDays")}
            label={say("deliveryDays")}
            inputMode="numeric"
            value={line.deliveryDays}
            onInput={(deliveryDays) => set({ deliveryDays })}
            required
          />
        )}
        <Input
          {...at("pharmacy")}
          label={say("pharmacy")}
          hint={say("pharmacyHint")}
          value={line.pharmacy}
          onInput={(pharmacy) => set({ pharmacy })}
          wide
        />
      </div>
    </>
  );
}
