/** Where a picture is on the screen, and what is measured on it. Points are in pixels of the picture. */
import type { Picture, Spacing } from "./picture.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `zoom` 1 fits the picture into its frame; `x`, `y`: moved by so many pixels of the screen. */
export interface Placement {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Placement = { zoom: 1, x: 0, y: 0 };
export const [LEAST_ZOOM, MOST_ZOOM] = [0.2, 20];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a picture of this shape is drawn into a frame of that size: `x = at.x + point.x * at.scaleX`. */
export interface Drawn {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

type Shape = Pick<Picture, "rows" | "columns" | "aspect">;

export function drawn({ rows, columns, aspect }: Shape, frame: Size, place: Placement): Drawn {
  const fit = Math.min(frame.width / columns, frame.height / (rows * aspect));
  const scaleX = fit * place.zoom;
  const scaleY = scaleX * aspect;
  return {
    x: (frame.width - columns * scaleX) / 2 + place.x,
    y: (frame.height - rows * scaleY) / 2 + place.y,
    scaleX,
    scaleY,
  };
}

export const onScreen = ({ x, y, scaleX, scaleY }: Drawn, point: Point): Point => ({
  x: x + point.x * scaleX,
  y: y + point.y * scaleY,
});

export const onPicture = ({ x, y, scaleX, scaleY }: Drawn, point: Point): Point => ({
  x: (point.x - x) / scaleX,
  y: (point.y - y) / scaleY,
});

/** Zooms so that what is under `at` (in the frame) stays there. */
export function zoomed(place: Placement, frame: Size, at: Point, factor: number): Placement {
  const zoom = Math.min(Math.max(place.zoom * factor, LEAST_ZOOM), MOST_ZOOM);
  const by = zoom / place.zoom;
  const [midX, midY] = [frame.width / 2, frame.height / 2];
  return {
    zoom,
    x: at.x - midX - (at.x - midX - place.x) * by,
    y: at.y - midY - (at.y - midY - place.y) * by,
  };
}

/** Millimetres where the picture says how far its pixels are apart, else pixels. */
export function lengthOf(from: Point, to: Point, spacing: Spacing | null): number {
  const { row, column } = spacing ?? { row: 1, column: 1 };
  return Math.hypot((to.x - from.x) * column, (to.y - from.y) * row);
}

/** Degrees, 0 to 180, at the second of three points. */
export function angleOf(points: readonly [Point, Point, Point], shape: Shape): number {
  const [one, corner, other] = points;
  const direction = (to: Point): number =>
    Math.atan2((to.y - corner.y) * shape.aspect, to.x - corner.x);
  const turned = Math.abs(direction(one) - direction(other)) * (180 / Math.PI);
  return turned > 180 ? 360 - turned : turned;
}
