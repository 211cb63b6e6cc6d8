/** The XHTML that every FHIR reader can show: paragraphs, nothing else. Text is always escaped. */

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

export interface Narrative {
  readonly status: "generated" | "additional";
  readonly div: string;
  readonly [key: string]: string;
}

const OPEN = '<div xmlns="http://www.w3.org/1999/xhtml" lang="fr" xml:lang="fr">';

/** @param lines one paragraph each */
export function narrative(
  lines: readonly string[],
  status: Narrative["status"] = "generated",
): Narrative {
  const escaped = lines.map((line) => line.replace(/[&<>"]/g, (one) => ESCAPES[one] ?? one));
  return { status, div: `${OPEN}${escaped.map((line) => `<p>${line}</p>`).join("")}</div>` };
}

/** The paragraphs of a narrative made by `narrative`; null for any other XHTML. */
export function paragraphs(div: string): string[] | null {
  if (!div.startsWith(`${OPEN}<p>`) || !div.endsWith("</p></div>")) return null;
  const inner = div.slice(OPEN.length + "<p>".length, -"</p></div>".length);
  const lines = inner.split("</p><p>");
  if (lines.some((line) => /[<>"]/.test(line))) return null;
  return lines.map((line) =>
    line
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&"),
  );
}
