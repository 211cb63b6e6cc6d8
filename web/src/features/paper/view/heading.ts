import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * A step's heading takes the focus when the step comes, so that it is read out: before it is drawn,
 * and so before a key that somebody presses then.
 */
export function useHeading() {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "start" });
  }, []);
  return heading;
}
