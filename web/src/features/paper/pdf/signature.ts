/** The signer's signature, right under the last row. */
import { LineCapStyle, type PDFPage } from "pdf-lib";
import type { Signature, Signer } from "../model.ts";
import { type Ending, INK, PAGE, SOFT } from "./flow.ts";
import type { Fonts } from "./fonts.ts";

const BOX = { width: 220, height: 84 };
const LABEL = 22;
const GAP = 14;

export function signatureEnding(signature: Signature, who: Signer, fonts: Fonts): Ending {
  const x = PAGE.right - BOX.width;
  return {
    height: GAP + LABEL + BOX.height,
    draw(page, y) {
      const top = y - GAP;
      page.drawText(`Signature de ${shorten(who.name, fonts, 150)} :`, {
        x,
        y: top - 12,
        size: 9,
        font: fonts.regular,
        color: SOFT,
      });
      const below = top - LABEL;
      if (signature.kind === "drawn") drawStrokes(page, signature, x, below);
      else {
        const text = shorten(signature.text, fonts, BOX.width, 18);
        page.drawText(text, { x, y: below - 28, size: 18, font: fonts.bold, color: INK });
        page.drawText("(signature saisie au clavier)", {
          x,
          y: below - 46,
          size: 8,
          font: fonts.regular,
          color: SOFT,
        });
      }
    },
  };
}

function shorten(text: string, fonts: Fonts, width: number, size = 9): string {
  const letters = [...text];
  while (letters.length > 1 && fonts.bold.widthOfTextAtSize(letters.join(""), size) > width) {
    letters.pop();
  }
  return letters.length === [...text].length ? text : `${letters.slice(0, -1).join("")}…`;
}

/** Strokes as lines of the page itself: they stay sharp, and are no picture that can be lifted. */
function drawStrokes(
  page: PDFPage,
  { strokes, width, height }: Signature & { kind: "drawn" },
  x: number,
  top: number,
): void {
  const scale = Math.min(BOX.width / width, BOX.height / height);
  for (const stroke of strokes) {
    const path = stroke
      .map((point, i) => {
        const px = (point.x * scale).toFixed(2);
        const py = (point.y * scale).toFixed(2);
        return `${i === 0 ? "M" : "L"}${px} ${py}`;
      })
      .join(" ");
    page.drawSvgPath(path, {
      x,
      y: top,
      borderColor: INK,
      borderWidth: 1.3,
      borderLineCap: LineCapStyle.Round,
    });
  }
}
