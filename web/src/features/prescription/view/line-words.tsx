import type { Line } from "../model.ts";
import { dosageWords, type Lang, substitutionWords, supplyWords, titleWords } from "../wording.ts";

/** One medicine in plain words: all that was signed of it but its zone. */
export function LineWords({ line, lang }: { readonly line: Line; readonly lang: Lang }) {
  return (
    <>
      <strong>{titleWords(line, lang)}</strong>
      <span>{dosageWords(line, lang)}</span>
      {line.advice !== "" && <span lang="fr">{line.advice}</span>}
      <span>{supplyWords(line, lang)}</span>
      {line.notSubstitutable && <span class="firm">{substitutionWords(line, lang)}</span>}
    </>
  );
}
