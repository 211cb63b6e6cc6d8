import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useAllTexts, useTexts } from "./context.tsx";
import { Mark } from "./icons.tsx";
import { isLanguage, LANGUAGES } from "./texts.ts";

export function LanguageSwitch() {
  const texts = useAllTexts();
  const say = useTexts("ui");
  const current = texts.language.value;
  return (
    <fieldset class="languages">
      <legend class="visually-hidden">{say("language")}</legend>
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <button
          key={code}
          type="button"
          lang={code}
          title={name}
          aria-pressed={code === current}
          onClick={() => {
            // Offline the texts do not come: the page stays in the language it has.
            if (isLanguage(code)) texts.choose(code).catch(() => undefined);
          }}
        >
          <span aria-hidden="true">{code.toUpperCase()}</span>
          <span class="visually-hidden">{name}</span>
        </button>
      ))}
    </fieldset>
  );
}

export function Brand() {
  return (
    <span class="brand">
      <Mark />
      <span>Aparté</span>
    </span>
  );
}

interface PageProps {
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
}

/** Brand and language above, one column below: every page outside a call. */
export function Page({ children, foot }: PageProps) {
  return (
    <div class="page">
      <header class="topbar">
        <Brand />
        <LanguageSwitch />
      </header>
      <main>{children}</main>
      {foot && <footer class="foot">{foot}</footer>}
    </div>
  );
}

/** The heading of a screen. It takes the focus as the screen comes, before any key does. */
export function ScreenTitle({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
    // The screen before this one may have been scrolled.
    window.scrollTo(0, 0);
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} class="screen-title">
      {children}
    </h1>
  );
}
