import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAllTexts } from "./context.tsx";
import type { Namespace, Texts } from "./texts.ts";

const RETRY_MS = 2000;

type Later<P> = ComponentType<P> & {
  /** Fetches ahead of need; a failure is left to the time of need. */
  preload(texts: Texts): void;
};

/**
 * A component whose code and texts are fetched when it first shows, so that the pages before it
 * stay light. Shows nothing meanwhile; a failed fetch is tried again every two seconds.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  ...namespaces: Namespace[]
): Later<P> {
  let loaded: ComponentType<P> | undefined;
  async function fetchBoth(texts: Texts): Promise<ComponentType<P>> {
    const [component] = await Promise.all([load(), texts.load(...namespaces)]);
    loaded = component;
    return component;
  }

  function Lazy(props: P) {
    const texts = useAllTexts();
    const [Component, show] = useState(() => loaded);
    useEffect(() => {
      if (Component) return;
      let timer: number | undefined;
      let gone = false;
      const attempt = (): void => {
        fetchBoth(texts).then(
          (component) => !gone && show(() => component),
          () => {
            if (!gone) timer = window.setTimeout(attempt, RETRY_MS);
          },
        );
      };
      attempt();
      return () => {
        gone = true;
        window.clearTimeout(timer);
      };
    }, [Component, texts]);
    return Component ? <Component {...props} /> : null;
  }

  return Object.assign(Lazy, {
    preload: (texts: Texts): void => {
      fetchBoth(texts).catch(() => undefined);
    },
  });
}
