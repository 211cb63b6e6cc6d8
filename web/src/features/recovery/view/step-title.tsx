import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The heading of one step inside a page or a dialog. It takes the focus as the step comes. */
export function StepTitle({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: false }), []);
  return (
    <h2 ref={heading} tabIndex={-1} class="screen-title">
      {children}
    </h2>
  );
}
