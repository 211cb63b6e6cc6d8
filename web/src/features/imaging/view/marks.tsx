import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { angleOf, type Drawn, lengthOf, onScreen, type Point } from "../geometry.ts";
import { isWhole, type Mark } from "../marks.ts";
import type { ViewerModel } from "../model.ts";
import type { Picture } from "../picture.ts";

interface MarksProps {
  readonly model: ViewerModel;
  readonly picture: Picture;
  readonly at: Drawn;
  /** Of the frame. */
  readonly width: number;
}

/** What was drawn on the picture, over it. */
export function Marks({ model, picture, at, width }: MarksProps) {
  return (
    <svg class="imaging-marks" aria-hidden="true">
      {model.marking.saved.value.map(({ mark, layer }) => (
        <One key={`${layer.id}/${mark.id}`} mark={mark} picture={picture} at={at} width={width} />
      ))}
      {model.marking.marks.value.map((mark, n) => (
        <One key={mark.id} mark={mark} number={n + 1} picture={picture} at={at} width={width} />
      ))}
    </svg>
  );
}

interface OneProps {
  readonly mark: Mark;
  /** None of what was saved. */
  readonly number?: number;
  readonly picture: Picture;
  readonly at: Drawn;
  readonly width: number;
}

/** What a label may take, in pixels of the screen. */
const LABEL = 110;

function One({ mark, number, picture, at, width }: OneProps) {
  const measured = useMeasure();
  const points = mark.points.map((point) => onScreen(at, point));
  const path = points.map(({ x, y }) => `${x},${y}`).join(" ");
  const [beside = { x: 0, y: 0 }] = points.slice(-1);
  const inward = beside.x > width - LABEL;
  return (
    <g class={number === undefined ? "saved" : isWhole(mark) ? "" : "begun"}>
      <polyline class="under" points={path} />
      <polyline points={path} />
      {mark.kind !== "shape" &&
        points.map(({ x, y }, n) => (
          <circle key={`${n + 1}`} cx={x} cy={y} r={mark.kind === "note" ? 6 : 3.5} />
        ))}
      <text
        x={beside.x + (inward ? -10 : 10)}
        y={beside.y - 8}
        text-anchor={inward ? "end" : "start"}
      >
        {[number, measured(mark, picture) || mark.text].filter(Boolean).join(" · ")}
      </text>
    </g>
  );
}

/** What a mark measures, with its unit; nothing where it is not whole, or a note. */
export function useMeasure(): (mark: Mark, picture: Picture) => string {
  const say = useTexts("imaging");
  const language = useAllTexts().language.value;
  const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return (mark, picture) => {
    const [one, two, three] = mark.points as readonly (Point | undefined)[];
    if (mark.kind === "angle" && one && two && three) {
      return say("degrees", { value: tenths.format(angleOf([one, two, three], picture)) });
    }
    if (mark.kind !== "length" || !one || !two) return "";
    const value = lengthOf(one, two, picture.spacing);
    if (!picture.spacing) return say("pixels", { value: tenths.format(Math.round(value)) });
    return say(picture.spacing.detector ? "millimetresDetector" : "millimetres", {
      value: tenths.format(value),
    });
  };
}
