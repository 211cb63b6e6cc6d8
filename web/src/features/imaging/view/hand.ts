/** Mouse, fingers and wheel, as what they do to a study. */
import { useRef } from "preact/hooks";
import { drawn, onPicture, onScreen, type Point, type Size, zoomed } from "../geometry.ts";
import { isMark, type Tool } from "../marking.ts";
import { isWhole } from "../marks.ts";
import type { ViewerModel } from "../model.ts";

/** How far a drag goes for one picture, in pixels of the screen. */
const STEP = 8;
/** How far a finger shakes that means to touch. */
const SLOP = 6;
/** How near to a point a press means it. */
const NEAR = 14;

interface Drag {
  readonly pointers: Map<number, Point>;
  /** Of the wheel, and of a drag through pictures: what is less than one of them. */
  rest: number;
  moved: boolean;
  /** Where the first pointer came down. */
  start: Point;
  /** The point of a mark that is held. */
  held: { readonly id: number; readonly at: number } | null;
}

const pointOf = (event: PointerEvent | WheelEvent): Point => {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return { x: event.clientX - box.x, y: event.clientY - box.y };
};

/** `point`: where to tell that somebody has touched the picture, as fractions of it. */
export function useHand(model: ViewerModel, size: Size, point?: (at: Point) => void) {
  const { current: drag } = useRef<Drag>({
    pointers: new Map(),
    rest: 0,
    moved: false,
    start: { x: 0, y: 0 },
    held: null,
  });

  /** One finger, or the mouse: what the tool does. */
  const drawOne = (tool: Tool, dx: number, dy: number, at: Point): void => {
    const place = model.place.peek();
    if (tool === "window") changeWindow(model, dx, dy);
    else if (tool === "pan") model.setPlace({ ...place, x: place.x + dx, y: place.y + dy });
    else if (tool === "zoom") model.setPlace(zoomed(place, size, at, Math.exp(-dy / 150)));
    else if (tool === "scroll") scroll(dy);
  };

  const scroll = (by: number): void => {
    drag.rest += by;
    const steps = Math.trunc(drag.rest / STEP);
    drag.rest -= steps * STEP;
    if (steps !== 0) model.go(model.slice.peek() + steps);
  };

  const onPointerMove = (event: PointerEvent): void => {
    const before = drag.pointers.get(event.pointerId);
    if (!before) return;
    const at = pointOf(event);
    const [dx, dy] = [at.x - before.x, at.y - before.y];
    const others = [...drag.pointers].filter(([id]) => id !== event.pointerId);
    drag.pointers.set(event.pointerId, at);
    if (distance(at, drag.start) > SLOP) drag.moved = true;
    const other = others[0]?.[1];
    const picture = model.picture.peek();
    if (drag.held && picture) {
      const to = onPicture(drawn(picture, size, model.place.peek()), at);
      model.marking.move(drag.held.id, drag.held.at, to);
      return;
    }
    if (!other) {
      drawOne(dragTool(event, model.marking.tool.peek()), dx, dy, at);
      return;
    }
    // Two fingers move and enlarge, whatever the tool.
    const by = distance(at, other) / Math.max(distance(before, other), 1);
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    const place = zoomed(model.place.peek(), size, middle, by);
    model.setPlace({ ...place, x: place.x + dx / 2, y: place.y + dy / 2 });
  };

  return {
    onPointerDown: (event: PointerEvent): void => {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      drag.pointers.set(event.pointerId, pointOf(event));
      drag.moved = drag.pointers.size > 1;
      drag.start = pointOf(event);
      drag.rest = 0;
      drag.held = drag.pointers.size > 1 ? null : pointAt(model, size, pointOf(event));
    },
    onPointerMove,
    onPointerUp: (event: PointerEvent): void => {
      const at = pointOf(event);
      const picture = model.picture.peek();
      const tapped = drag.pointers.delete(event.pointerId) && !drag.moved && event.button === 0;
      const held = drag.held !== null;
      drag.held = null;
      if (!tapped || held || !picture) return;
      const to = onPicture(drawn(picture, size, model.place.peek()), at);
      if (isMark(model.marking.tool.peek())) model.marking.point(to);
      else point?.({ x: to.x / picture.columns, y: to.y / picture.rows });
    },
    onPointerCancel: (event: PointerEvent): void => {
      drag.pointers.delete(event.pointerId);
    },
    onContextMenu: (event: Event): void => event.preventDefault(),
    onWheel: (event: WheelEvent): void => {
      event.preventDefault();
      if (event.ctrlKey) {
        const factor = Math.exp(-event.deltaY / 200);
        model.setPlace(zoomed(model.place.peek(), size, pointOf(event), factor));
      } else scroll(Math.sign(event.deltaY) * STEP);
    },
  };
}

/** The right button moves and the middle one enlarges, as elsewhere. */
function dragTool(event: PointerEvent, tool: Tool): Tool {
  if (event.buttons === 2) return "pan";
  return event.buttons === 4 ? "zoom" : tool;
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

/** The point of a mark that lies there, where a finger would mean it. */
function pointAt(model: ViewerModel, size: Size, at: Point): Drag["held"] {
  const picture = model.picture.peek();
  if (!picture) return null;
  const place = drawn(picture, size, model.place.peek());
  for (const { id, points } of model.marking.marks.peek().filter(isWhole)) {
    const near = points.findIndex((point) => distance(onScreen(place, point), at) < NEAR);
    if (near >= 0) return { id, at: near };
  }
  return null;
}

/** As wide a change as what is shown is: the same hand for a scan and for an X-ray. */
export function changeWindow(model: ViewerModel, dx: number, dy: number): void {
  const window = model.shownWindow.peek();
  const picture = model.picture.peek();
  if (!window || !picture || picture.content.color) return;
  const step = Math.max(window.width, 1) / 250;
  model.setWindow({ center: window.center + dy * step, width: window.width + dx * step });
}
