/** What every page begins with: texts in the language of the address, then the page itself. */
import { type ComponentChild, render } from "preact";
import { hands, languageInAddress, putLanguageInAddress } from "./platform/hands.ts";
import { TextsProvider } from "./ui/context.tsx";
import { HandsProvider } from "./ui/hands.ts";
import { createTexts, isLanguage, type Namespace } from "./ui/texts.ts";

/** Puts `page` into the document once the texts it begins with are there. */
export async function start(
  page: ComponentChild,
  ...namespaces: readonly Namespace[]
): Promise<void> {
  const asked = languageInAddress();
  const texts = createTexts(isLanguage(asked) ? asked : "fr", putLanguageInAddress);
  texts.language.subscribe((language) => {
    document.documentElement.lang = language;
  });
  await texts.load("ui", ...namespaces);
  const root = document.getElementById("app");
  if (!root) return;
  root.replaceChildren();
  render(
    <TextsProvider value={texts}>
      <HandsProvider value={hands}>{page}</HandsProvider>
    </TextsProvider>,
    root,
  );
}
