import type { Line } from "../model.ts";
import {
  dosageWords,
  type Lang,
  lettersWords,
  NARCOTIC_NOTE,
  overlapWords,
  substitutionWords,
  supplyWords,
  titleWords,
} from "../wording.ts";

/** One medicine in plain words: all that was signed of it but its zone. */
export function LineWords({ line, lang }: { readonly line: Line; readonly lang: Lang }) {
  return (
    <>
      <strong>{titleWords(line, lang)}</strong>
      <span>{dosageWords(line, lang)}</span>
      {line.narcotic && (
        <span lang="fr" class="firm">
          {lettersWords(line)}
        </span>
      )}
      {line.advice !== "" && <span lang="fr">{line.advice}</span>}
      <span>{supplyWords(line, lang)}</span>
      {line.narcotic?.overlap && <span>{overlapWords(line, lang)}</span>}
      {line.notSubstitutable && <span class="firm">{substitutionWords(line, lang)}</span>}
    </>
  );
}

/** What is to be known where one of the lines is a narcotic. */
export function NarcoticNote({
  lines,
  lang,
}: {
  readonly lines: readonly Line[];
  readonly lang: Lang;
}) {
  return lines.some(({ narcotic }) => narcotic) ? (
    <p class="small" lang={lang}>
      {NARCOTIC_NOTE[lang]}
    </p>
  ) : null;
}
