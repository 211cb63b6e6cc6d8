import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { drawn, onScreen, type Point, type Size } from "../geometry.ts";
import type { Together, ViewerModel } from "../model.ts";
import { paint } from "../painting.ts";
import type { Edges, Picture, Window } from "../picture.ts";
import { useHand } from "./hand.ts";
import { useKeys } from "./keys.ts";
import { Marks } from "./marks.tsx";

interface StageProps {
  readonly model: ViewerModel;
  readonly label: string;
  readonly together?: Together | undefined;
}

/** The picture, and what is drawn on it. */
export function Stage({ model, label, together }: StageProps) {
  const say = useTexts("imaging");
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const picture = model.picture.value;
  const shade = model.shownWindow.value;
  const place = model.place.value;
  const inverted = model.inverted.value;
  const painted = usePainted(picture, shade, inverted);
  const hand = useHand(model, size, together?.point);
  const { cursor, onKeyDown } = useKeys(model, size, together);
  const stage = useRef<HTMLDivElement>(null);
  // Keys are for the pictures from the beginning.
  useEffect(() => stage.current?.focus(), []);
  const pointing = together?.pointing.value === true;
  useEffect(() => {
    if (pointing) stage.current?.focus();
  }, [pointing]);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context || size.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.current.width !== width) canvas.current.width = width;
    if (canvas.current.height !== height) canvas.current.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    if (!picture || !painted) return;
    const at = drawn(picture, size, place);
    // Enlarged far enough, pixels are what they are.
    context.imageSmoothingEnabled = at.scaleX < 4;
    const [across, down] = [picture.columns * at.scaleX, picture.rows * at.scaleY];
    context.drawImage(painted.canvas, at.x, at.y, across, down);
  }, [picture, painted, place, size]);
  return (
    <div class="imaging-stage" ref={frame}>
      <div
        class={`imaging-hand ${model.marking.tool.value}`}
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move through the pictures
        tabIndex={0}
        ref={stage}
        onKeyDown={onKeyDown}
        {...hand}
      >
        <canvas ref={canvas} class={model.loading.value ? "waiting" : ""} />
        {picture && (
          <Marks
            model={model}
            picture={picture}
            at={drawn(picture, size, place)}
            width={size.width}
          />
        )}
        {picture && together?.pointer.value && (
          <Pointer
            at={onScreen(drawn(picture, size, place), {
              x: together.pointer.value.x * picture.columns,
              y: together.pointer.value.y * picture.rows,
            })}
          />
        )}
        {cursor && (
          <svg class="imaging-marks" aria-hidden="true">
            <path
              class="cursor"
              d={`M${cursor.x - 14} ${cursor.y}h28M${cursor.x} ${cursor.y - 14}v28`}
            />
          </svg>
        )}
        {picture?.edges && <Sides edges={picture.edges} />}
      </div>
      {together && (
        <p class="visually-hidden" role="status">
          {pointing && say("pointing")}
        </p>
      )}
    </div>
  );
}

/** Where one of those who look together points. */
function Pointer({ at: { x, y } }: { readonly at: Point }) {
  return (
    <svg class="imaging-pointed" aria-hidden="true">
      <circle class="ring dark" cx={x} cy={y} r="16" />
      <circle class="ring" cx={x} cy={y} r="16" />
      <circle class="dot" cx={x} cy={y} r="3" />
    </svg>
  );
}

/** Where the edges of the picture lie in the body. */
function Sides({ edges }: { readonly edges: Edges }) {
  const say = useTexts("imaging");
  const sides = ["left", "right", "top", "bottom"] as const;
  return (
    <>
      {sides.map((side) => (
        <span key={side} class={`imaging-side ${side}`}>
          {[...edges[side]].map((letter) => say(`side_${letter as Side}`)).join("")}
        </span>
      ))}
    </>
  );
}

type Side = "L" | "R" | "A" | "P" | "H" | "F";

const MOST_PAINTED = 16_000_000;

/** The picture in its own size, as its window shows it. */
function usePainted(
  picture: Picture | null,
  shade: Window | null,
  inverted: boolean,
): { readonly canvas: HTMLCanvasElement } | null {
  const kept = useRef<HTMLCanvasElement | null>(null);
  return useMemo(() => {
    if (!picture || !shade) return null;
    // Some phones draw nothing at all on a canvas of more than this.
    const step = Math.ceil(Math.sqrt((picture.columns * picture.rows) / MOST_PAINTED));
    const columns = Math.ceil(picture.columns / step);
    const rows = Math.ceil(picture.rows / step);
    const canvas = kept.current ?? document.createElement("canvas");
    kept.current = canvas;
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    const image = new ImageData(columns, rows);
    paint(picture, shade, inverted, image.data, step);
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    // The same canvas, painted anew.
    return { canvas };
  }, [picture, shade, inverted]);
}

function useSize(frame: { readonly current: HTMLElement | null }): Size {
  const [size, set] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) set({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [frame]);
  return size;
}
