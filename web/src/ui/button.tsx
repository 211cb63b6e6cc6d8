import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";

export type Look = "main" | "danger" | "quiet" | "plain";

interface ButtonProps {
  readonly children: ComponentChildren;
  /** While a returned promise is pending the button is busy and takes no second press. */
  readonly onPress?: () => unknown;
  readonly look?: Look;
  readonly icon?: IconName;
  /** Shows the icon alone; the children become the accessible name and the tooltip. */
  readonly iconOnly?: boolean;
  readonly wide?: boolean;
  readonly compact?: boolean;
  readonly submit?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly describedBy?: string;
  readonly class?: string;
}

export function Button(props: ButtonProps) {
  const { children, onPress, look = "plain", icon, iconOnly = false } = props;
  const [busy, setBusy] = useState(false);
  const press = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await onPress?.();
    } finally {
      setBusy(false);
    }
  };
  const name = [
    "button",
    look !== "plain" && look,
    props.wide && "wide",
    props.compact && "compact",
    iconOnly && "icon-only",
    props.class,
  ];
  const label = iconOnly && typeof children === "string" ? children : undefined;
  return (
    <button
      type={props.submit ? "submit" : "button"}
      class={name.filter(Boolean).join(" ")}
      disabled={props.disabled}
      aria-busy={busy || undefined}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-describedby={props.describedBy}
      aria-label={label}
      title={label}
      onClick={onPress ? () => void press() : undefined}
    >
      {icon && <Icon name={icon} />}
      {!iconOnly && <span>{children}</span>}
    </button>
  );
}
