import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import type { ReportForm } from "../form.ts";
import { LIMITS } from "../limits.ts";

/** The doctor's own templates: taken, kept and removed. */
export function TemplateList({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const kept = form.templates.value;
  return (
    <details>
      <summary>{say("templates", { count: kept.length })}</summary>
      <div class="rx-section">
        {kept.length > 0 && (
          // biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none
          <ul role="list" class="rx-reuse">
            {kept.map((template) => (
              <li key={template.id}>
                <span>{template.name}</span>
                <span class="row">
                  <Button compact icon="plus" onPress={() => form.useTemplate(template)}>
                    {say("templateUse")}
                  </Button>
                  <Button
                    compact
                    look="quiet"
                    icon="trash"
                    iconOnly
                    onPress={() => form.removeTemplate(template.id)}
                  >
                    {say("templateRemove", { name: template.name })}
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        )}
        <Keep form={form} />
      </div>
    </details>
  );
}

function Keep({ form }: { form: ReportForm }) {
  const say = useTexts("reports");
  const [name, setName] = useState("");
  const [done, setDone] = useState<boolean | null>(null);
  return (
    <>
      <TextField
        label={say("templateName")}
        hint={say("templateNameHint")}
        value={name}
        onInput={setName}
        maxLength={LIMITS.templateName}
      />
      <div>
        <Button compact onPress={async () => setDone(await form.keepTemplate(name))}>
          {say("templateKeep")}
        </Button>
      </div>
      <p role="status" class={done === false ? "error" : "soft small"}>
        {done !== null && say(done ? "templateKept" : "templateKeptNot")}
      </p>
    </>
  );
}
