/** What is prescribed, as blocks of rows. */
import type { Block } from "../../paper/pdf/flow.ts";
import type { Fonts } from "../../paper/pdf/fonts.ts";
import { rows } from "../../paper/pdf/rows.ts";
import type { Line, Prescription } from "../model.ts";
import { ZONES } from "../vocabulary.ts";
import { lettersWords, lineWords, NARCOTIC_NOTE, NO_LINE, substitutionWords } from "../wording.ts";
import { type LinesOfZone, zonesOf } from "../zones.ts";

const INDENT = 22;

function lineBlock(line: Line, number: number, fonts: Fonts): Block {
  const [title, ...others] = lineWords(line);
  const firm = new Set([lettersWords(line), substitutionWords(line, "fr")]);
  return [
    ...rows(`${number}.  ${title}`, fonts, { size: 12, bold: true, before: 12 }),
    ...others.flatMap((text) =>
      rows(text, fonts, { size: 11, indent: INDENT, bold: firm.has(text) }),
    ),
  ];
}

/** Its heading stays with its first line. */
function zoneBlocks({ zone, first, lines }: LinesOfZone<Line>, fonts: Fonts): Block[] {
  if (zone === null) return lines.map((line, i) => lineBlock(line, i + 1, fonts));
  const heading = rows(ZONES[zone].fr, fonts, { size: 9.5, bold: true, before: 18, ruled: true });
  const none = rows(NO_LINE, fonts, { size: 11, indent: INDENT, before: 6 });
  const [top = none, ...others] = lines.map((line, i) => lineBlock(line, first + i + 1, fonts));
  return [[...heading, ...top], ...others];
}

/** The lines, what is to be known beside them, and how many there are. */
export function body(it: Prescription, fonts: Fonts): Block[] {
  const blocks = zonesOf(it.lines).flatMap((zone) => zoneBlocks(zone, fonts));
  if (it.instructions !== "") {
    blocks.push([
      ...rows("Consignes", fonts, {
        size: 11,
        bold: true,
        before: 14,
        ruled: it.lines[0]?.zone !== null,
      }),
      ...rows(it.instructions, fonts, { size: 11 }),
    ]);
  }
  if (it.lines.some(({ narcotic }) => narcotic)) {
    blocks.push(rows(NARCOTIC_NOTE.fr, fonts, { size: 9, before: 14 }));
  }
  const count = it.lines.length;
  const total = `Ordonnance de ${count} ligne${count > 1 ? "s" : ""}, arrêtée ici.`;
  const last = blocks.pop() ?? [];
  return [...blocks, [...last, ...rows(total, fonts, { size: 9, before: 10 })]];
}
