import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextArea } from "../../../ui/field.tsx";
import { At, Input, useProblem } from "../../prescription/view/fields.tsx";
import type { SectionDraft } from "../draft.ts";
import type { ReportForm } from "../form.ts";
import { LIMITS } from "../limits.ts";

/** What is said, section by section: those of the kind, and the author's own. */
export function Sections({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const { sections } = form.draft.value;
  return (
    <section class="rx-section">
      <h3>{say("sections")}</h3>
      <p class="soft small">{say("sectionsHint")}</p>
      {sections.map((one, index) =>
        one.key === null ? (
          <OwnSection key={one.id} form={form} one={one} index={index} />
        ) : (
          <SectionText key={one.id} form={form} one={one} index={index} label={one.title} />
        ),
      )}
      {sections.length < LIMITS.sections && (
        <div>
          <Button icon="plus" onPress={form.addSection}>
            {say("addSection")}
          </Button>
        </div>
      )}
    </section>
  );
}

interface SectionProps {
  readonly form: ReportForm;
  readonly one: SectionDraft;
  readonly index: number;
}

function SectionText({ form, one, index, label }: SectionProps & { readonly label: string }) {
  const error = useProblem(form);
  return (
    <At field={`sections.${index}.text`}>
      <TextArea
        label={label}
        error={error(`sections.${index}.text`)}
        value={one.text}
        onInput={(text) => form.setSection(one.id, { text })}
      />
    </At>
  );
}

function OwnSection({ form, one, index }: SectionProps) {
  const say = useTexts("reports");
  const error = useProblem(form);
  const called = one.title || say("untitled");
  return (
    <fieldset class="rx-line">
      <legend>{called}</legend>
      <Input
        field={`sections.${index}.title`}
        label={say("sectionTitle")}
        value={one.title}
        onInput={(title) => form.setSection(one.id, { title })}
        error={error(`sections.${index}.title`)}
      />
      <SectionText form={form} one={one} index={index} label={say("sectionText")} />
      <div>
        <Button compact look="quiet" icon="trash" onPress={() => form.removeSection(one.id)}>
          {say("removeSection", { title: called })}
        </Button>
      </div>
    </fieldset>
  );
}
