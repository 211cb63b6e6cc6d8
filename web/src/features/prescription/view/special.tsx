import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Check } from "../../../ui/field.tsx";
import type { LineDraft } from "../draft.ts";
import type { PrescriptionForm } from "../form.ts";
import { isKeyOf, keysOf, REASONS, ZONES } from "../vocabulary.ts";
import { Pick, useProblem } from "./fields.tsx";
import { NarcoticFields } from "./narcotic.tsx";

/** What the law asks of some lines: a reason not to substitute, amounts in words, a zone. */
export function SpecialFields({
  form,
  line,
  index,
}: {
  readonly form: PrescriptionForm;
  readonly line: LineDraft;
  readonly index: number;
}) {
  const say = useTexts("prescription");
  const lang = useAllTexts().language.value;
  const error = useProblem(form);
  const at = (name: keyof LineDraft) => ({
    field: `lines.${index}.${name}`,
    error: error(`lines.${index}.${name}`),
  });
  const reasons = {
    MTE: say("substitutionMTE"),
    EFG: say("substitutionEFG"),
    CIF: say("substitutionCIF"),
  };
  return (
    <>
      <Pick
        {...at("substitution")}
        label={say("substitution")}
        value={line.substitution}
        choices={[
          { id: "", label: say("substitutable") },
          ...keysOf(REASONS).map((id) => ({ id, label: reasons[id] })),
        ]}
        onChoose={(id) => form.setLine(index, { substitution: isKeyOf(REASONS, id) ? id : "" })}
      />
      <div>
        <Check checked={line.narcotic} onChange={(narcotic) => form.setLine(index, { narcotic })}>
          {say("narcotic")}
        </Check>
      </div>
      {line.narcotic && <NarcoticFields form={form} line={line} index={index} />}
      {form.draft.value.twoZones && (
        <Pick
          {...at("zone")}
          label={say("zone")}
          value={line.zone}
          choices={[
            { id: "", label: say("choose") },
            ...keysOf(ZONES).map((id) => ({ id, label: ZONES[id].short[lang] })),
          ]}
          onChoose={(id) => form.setLine(index, { zone: isKeyOf(ZONES, id) ? id : "" })}
        />
      )}
    </>
  );
}
