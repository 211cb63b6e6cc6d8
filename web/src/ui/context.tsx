import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Key, Language, Namespace, Texts, Values } from "./texts.ts";

const TextsContext = createContext<Texts | null>(null);

/** Gives every component below it its texts. */
export const TextsProvider = TextsContext.Provider;

export function useAllTexts(): Texts {
  const texts = useContext(TextsContext);
  if (!texts) throw new Error("no TextsProvider above this component");
  return texts;
}

export type Say<N extends Namespace> = (key: Key<N>, values?: Values) => string;

/** `const say = useTexts("guest")`, then `say("join")`: the text of that file, in the language shown. */
export function useTexts<N extends Namespace>(namespace: N): Say<N> {
  const texts = useAllTexts();
  return (key, values) => texts.say(namespace, key, values);
}

/** Formats a moment in the language shown. */
export function useMoment(options: Intl.DateTimeFormatOptions): (at: Date) => string {
  const language: Language = useAllTexts().language.value;
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options);
  return (at) => format.format(at);
}
