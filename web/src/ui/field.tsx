import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icons.tsx";

interface Frame {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Says what is wrong and how to put it right; marks the control as invalid. */
  readonly error?: string | undefined;
}

interface Wiring {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

/** Label, hint and error around one control, wired by ids. */
export function Field({
  label,
  hint,
  error,
  children,
}: Frame & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {error && (
        <p class="error" id={`${id}-error`}>
          <Icon name="alert" />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}

/** Nothing in the browser is to learn, complete or send what is typed. */
const PRIVATE = {
  autoComplete: "off",
  autoCapitalize: "none",
  autoCorrect: "off",
  spellcheck: false,
} as const;

interface TextFieldProps extends Frame {
  readonly value: string;
  readonly onInput?: (value: string) => void;
  readonly type?: "text" | "email" | "tel" | "date" | "search" | "password";
  readonly inputMode?: "text" | "numeric" | "decimal";
  readonly autoComplete?: string;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly readOnly?: boolean;
  /** A secret that is copied from paper. */
  readonly secret?: boolean;
}

export function TextField(props: TextFieldProps) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <input
          {...wiring}
          ref={props.inputRef ?? null}
          class="input"
          // Preact's types give each input type its own set of attributes; those used here fit all.
          type={(props.type ?? "text") as "text"}
          value={props.value}
          inputMode={props.inputMode}
          autoComplete={props.autoComplete ?? "off"}
          aria-required={props.required}
          maxLength={props.maxLength}
          placeholder={props.placeholder}
          readOnly={props.readOnly}
          {...(props.secret ? PRIVATE : {})}
          onInput={(event) => props.onInput?.(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface TextAreaProps extends Frame {
  readonly value: string;
  readonly onInput?: (value: string) => void;
  readonly rows?: number;
  readonly maxLength?: number;
  readonly readOnly?: boolean;
  /** A secret that is copied from paper. */
  readonly secret?: boolean;
}

export function TextArea(props: TextAreaProps) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <textarea
          {...wiring}
          class="input"
          rows={props.rows ?? 3}
          maxLength={props.maxLength}
          readOnly={props.readOnly}
          value={props.value}
          {...(props.secret ? PRIVATE : {})}
          onInput={(event) => props.onInput?.(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface Choice {
  readonly id: string;
  readonly label: string;
}

interface SelectProps extends Frame {
  readonly value: string | null;
  readonly choices: readonly Choice[];
  readonly onChoose: (id: string) => unknown;
}

export function Select(props: SelectProps) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(wiring) => (
        <select
          {...wiring}
          class="input"
          value={props.value ?? ""}
          onChange={(event) => void props.onChoose(event.currentTarget.value)}
        >
          {props.choices.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => unknown;
  readonly children: ComponentChildren;
}

export function Check({ checked, onChange, children }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => void onChange(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
