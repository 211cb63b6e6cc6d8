import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAllTexts } from "./context.tsx";
import type { Namespace } from "./texts.ts";

/**
 * A component whose code and texts are fetched when it first shows, so that the pages before it
 * stay light. Shows `waiting` meanwhile; a failed fetch is tried again every two seconds.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  ...namespaces: Namespace[]
): ComponentType<P & { waiting?: VNode }> {
  let loaded: ComponentType<P> | undefined;
  return function Later({ waiting, ...props }) {
    const texts = useAllTexts();
    const [Component, show] = useState(() => loaded);
    useEffect(() => {
      if (Component) return;
      let timer: number | undefined;
      let gone = false;
      const attempt = (): void => {
        Promise.all([load(), texts.load(...namespaces)]).then(
          ([component]) => {
            loaded = component;
            if (!gone) show(() => component);
          },
          () => {
            if (!gone) timer = window.setTimeout(attempt, 2000);
          },
        );
      };
      attempt();
      return () => {
        gone = true;
        window.clearTimeout(timer);
      };
    }, [Component, texts]);
    return Component ? <Component {...(props as unknown as P)} /> : (waiting ?? null);
  };
}
