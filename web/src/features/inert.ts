/**
 * Makes text that somebody else wrote safe to show, print and sign: one Unicode form, no control or
 * invisible characters, no marks that turn the direction of reading (a name could otherwise rewrite
 * the sentence around it). Markup needs nothing here: no view of ours parses text as markup.
 */

// Controls, format characters (all directional marks are), surrogates on their own, private use,
// line and paragraph separators, and whatever else Unicode says may be left invisible.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** One line, spaces folded, at most `limit` characters (code points). */
export function inert(text: string, limit = 200): string {
  const line = text.normalize("NFC").replace(/\s+/gu, " ").replace(INVISIBLE, "").trim();
  const points = [...line];
  return points.length <= limit ? line : `${points.slice(0, limit - 1).join("")}…`;
}

/** Several lines, each made inert, without blank lines at either end. */
export function inertLines(text: string, limit = 4000): string {
  const lines = text.split(/\r\n?|[\n\u2028\u2029]/u).map((line) => inert(line, limit));
  return lines.join("\n").trim().slice(0, limit);
}
