/** What every page begins with: texts in the language of the address, then the page itself. */
import { type ComponentChild, render } from "preact";
import { hands, languageInAddress, putLanguageInAddress } from "./platform/hands.ts";
import { TextsProvider } from "./ui/context.tsx";
import { HandsProvider } from "./ui/hands.ts";
import { createTexts, isLanguage, type Namespace, type Texts } from "./ui/texts.ts";

/**
 * Puts the page that `make` gives into the document, once the texts it begins with are there.
 * `make` runs while they are fetched.
 */
export async function start(
  make: (texts: Texts) => ComponentChild | Promise<ComponentChild>,
  ...namespaces: readonly Namespace[]
): Promise<void> {
  const asked = languageInAddress();
  const texts = createTexts(isLanguage(asked) ? asked : "fr", putLanguageInAddress);
  texts.language.subscribe((language) => {
    document.documentElement.lang = language;
  });
  const [page] = await Promise.all([make(texts), texts.load("ui", ...namespaces)]);
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
