import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { type Say, useTexts } from "../../../ui/context.tsx";
import { type Choice, Select, TextField } from "../../../ui/field.tsx";
import type { FieldProblem } from "../problems.ts";

/** The sentence for what is wrong with a field, or nothing. */
export function problemText(problem: FieldProblem, say: Say<"prescription">): string {
  return say(`problem_${problem.key}`, problem.values);
}

export function useProblem(form: {
  readonly problems: ReadonlySignal<readonly FieldProblem[]>;
}): (field: string) => string | undefined {
  const say = useTexts("prescription");
  const problems = form.problems.value;
  return (field) => {
    const found = problems.find((one) => one.field === field);
    return found && problemText(found, say);
  };
}

/** Marks where a field stands, so that an error summary can lead to it. */
export function At({
  field,
  children,
  wide = false,
  wrong = false,
}: {
  readonly field: string;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
  /** A sentence stands below it, which wants a row of its own where there is little room. */
  readonly wrong?: boolean;
}) {
  const more = `${wide ? " wide" : ""}${wrong ? " wrong" : ""}`;
  return (
    <div data-field={field} class={`rx-field${more}`}>
      {children}
    </div>
  );
}

/** Brings the control of a field to the front and gives it the focus. */
export function focusField(within: HTMLElement | null, field: string): void {
  const place = within?.querySelector<HTMLElement>(`[data-field="${field}"]`);
  place?.closest("details")?.setAttribute("open", "");
  const control = place?.querySelector<HTMLElement>("input, select, textarea, button");
  control?.focus();
  control?.scrollIntoView({ block: "center" });
}

interface InputProps {
  readonly field: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly error: string | undefined;
  readonly hint?: string;
  readonly type?: "text" | "email" | "tel" | "date";
  readonly inputMode?: "numeric" | "decimal";
  readonly required?: boolean;
  readonly wide?: boolean;
}

export function Input({ field, wide = false, ...rest }: InputProps) {
  return (
    <At field={field} wide={wide} wrong={rest.error !== undefined}>
      <TextField {...rest} />
    </At>
  );
}

interface PickProps {
  readonly field: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (id: string) => void;
  readonly error: string | undefined;
  readonly wide?: boolean;
}

export function Pick({ field, wide = false, ...rest }: PickProps) {
  return (
    <At field={field} wide={wide} wrong={rest.error !== undefined}>
      <Select {...rest} />
    </At>
  );
}
