import { useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Field } from "../../../ui/field.tsx";
import type { PrescriptionForm } from "../form.ts";
import { LIMITS } from "../limits.ts";
import { At, useProblem } from "./fields.tsx";

/** Takes the PDF of the practice's own software: dropped, or chosen. */
export function FileDrop({ form }: { form: PrescriptionForm }) {
  const say = useTexts("prescription");
  const error = useProblem(form);
  const [over, setOver] = useState(false);
  const file = form.file.value;
  const take = (list: FileList | null | undefined): void => {
    const chosen = list?.[0];
    if (!chosen) return;
    void form.takeFile(chosen.name, chosen.size, async () => {
      return new Uint8Array(await chosen.arrayBuffer());
    });
  };
  return (
    <section class="rx-section">
      <p>{say("fileLead")}</p>
      {/* Dropping is an extra for the mouse: the control inside does the same for everybody. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        class={over ? "rx-drop over" : "rx-drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <At field="file">
          <Field
            label={say("file")}
            hint={say("fileHint", { megabytes: LIMITS.pdf.bytes / 1024 / 1024 })}
            error={error("file")}
          >
            {(wiring) => (
              <input
                {...wiring}
                type="file"
                accept="application/pdf,.pdf"
                onChange={(event) => {
                  take(event.currentTarget.files);
                  // The same file, mended, must be able to come again.
                  event.currentTarget.value = "";
                }}
              />
            )}
          </Field>
        </At>
        {file && (
          <p role="status">
            <strong>{say("fileChosen", { name: file.name, pages: file.pages })}</strong>
          </p>
        )}
      </div>
    </section>
  );
}
