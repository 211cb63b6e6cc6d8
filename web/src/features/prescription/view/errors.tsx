import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { type Say, useTexts } from "../../../ui/context.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { PrescriptionForm } from "../form.ts";
import { focusField, problemText } from "./fields.tsx";

/** Names what is missing, leads to each, and puts the focus on the first at every try to go on. */
export function ErrorSummary({
  form,
  within,
  labelOf = labelOfField,
}: {
  readonly form: Pick<PrescriptionForm, "problems" | "attempts">;
  readonly within: RefObject<HTMLElement | null>;
  /** What a field is called on the page, where it is not one of a prescription. */
  readonly labelOf?: (field: string, say: Say<"prescription">) => string;
}) {
  const say = useTexts("prescription");
  const problems = form.problems.value;
  const attempt = form.attempts.value;
  useEffect(() => {
    const first = form.problems.peek()[0];
    if (attempt > 0 && first) focusField(within.current, first.field);
  }, [attempt, form, within]);
  if (problems.length === 0) return null;
  return (
    <Notice tone="alert">
      <p>
        <strong>{say("problems", { count: problems.length })}</strong>
      </p>
      <ul class="rx-errors">
        {problems.map((problem) => (
          <li key={problem.field}>
            <button type="button" onClick={() => focusField(within.current, problem.field)}>
              {problem.key === "required"
                ? labelOf(problem.field, say)
                : say("problemAt", {
                    label: labelOf(problem.field, say),
                    problem: problemText(problem, say),
                  })}
            </button>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** What the field is called on the page. */
export function labelOfField(field: string, say: Say<"prescription">): string {
  const [section = "", first = "", second = ""] = field.split(".");
  if (section === "lines" && second !== "") {
    const label = LABELS[second];
    return say("lineAt", { number: Number(first) + 1, label: label ? say(label) : "" });
  }
  if (section === "prescriber" && first === "name") return say("prescriberName");
  const label = LABELS[first === "" ? section : first];
  return label ? say(label) : field;
}

const LABELS = Object.fromEntries(
  (
    [
      "profession",
      "speciality",
      "rpps",
      "address",
      "phone",
      "email",
      "family",
      "given",
      "sex",
      "birth",
      "weight",
      "height",
      "lines",
      "substance",
      "strength",
      "brand",
      "form",
      "otherForm",
      "route",
      "dose",
      "unit",
      "count",
      "rhythm",
      "maximum",
      "advice",
      "duration",
      "packs",
      "renewals",
      "substitution",
      "zone",
      "instructions",
      "signature",
      "file",
    ] as const
  ).map((name) => [name, name] as const),
);
