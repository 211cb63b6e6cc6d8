/** Keys, while the picture has the focus: through the study, its window, and points to draw with. */
import { useState } from "preact/hooks";
import { drawn, onPicture, type Point, type Size, zoomed } from "../geometry.ts";
import { isMark, type Tool } from "../marking.ts";
import type { Together, ViewerModel } from "../model.ts";
import { changeWindow } from "./hand.ts";

/** In pixels of the screen: a picture that is moved, and the cross of who draws with keys. */
const STEP = 24;
const [COARSE, FINE] = [12, 2];
const TOOLS: Readonly<Record<string, Tool>> = {
  w: "window",
  m: "pan",
  z: "zoom",
  s: "scroll",
  l: "length",
  a: "angle",
  n: "note",
};
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

export interface Keys {
  /** Where the next point goes, for who draws with keys. */
  readonly cursor: Point | null;
  onKeyDown(event: KeyboardEvent): void;
}

/** Moves the pointer of who points with keys; false: the key says something else. */
function steer(model: ViewerModel, size: Size, together: Together, event: KeyboardEvent): boolean {
  const arrow = ARROWS[event.key];
  const picture = model.picture.peek();
  if (event.key === "Escape") together.steer(false);
  else if (arrow && picture) {
    const { scaleX, scaleY } = drawn(picture, size, model.place.peek());
    const by = event.shiftKey ? FINE : COARSE;
    const within = (value: number): number => Math.min(Math.max(value, 0), 1);
    const at = together.pointer.peek() ?? { x: 0.5, y: 0.5 };
    together.point({
      x: within(at.x + (arrow.x * by) / (picture.columns * scaleX)),
      y: within(at.y + (arrow.y * by) / (picture.rows * scaleY)),
    });
  } else return false;
  return true;
}

export function useKeys(model: ViewerModel, size: Size, together?: Together): Keys {
  const [cursor, setCursor] = useState<Point | null>(null);
  const { marking } = model;
  const draw = (event: KeyboardEvent): boolean => {
    const at = cursor ?? { x: size.width / 2, y: size.height / 2 };
    const arrow = ARROWS[event.key];
    const picture = model.picture.peek();
    if (arrow) {
      const by = event.shiftKey ? FINE : COARSE;
      const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
      const x = within(at.x + arrow.x * by, size.width);
      setCursor({ x, y: within(at.y + arrow.y * by, size.height) });
    } else if (event.key === "Enter" || event.key === " ") {
      setCursor(at);
      if (picture) marking.point(onPicture(drawn(picture, size, model.place.peek()), at));
    } else return false;
    return true;
  };
  return {
    cursor: isMark(marking.tool.value) ? cursor : null,
    onKeyDown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const pointing = together?.pointing.peek() === true && steer(model, size, together, event);
      const ours = pointing || (isMark(marking.tool.peek()) && draw(event));
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (ours || toggled(together, key) || pressed(model, key, size)) event.preventDefault();
    },
  };
}

/** Takes the pointer, or puts it away. */
function toggled(together: Together | undefined, key: string): boolean {
  if (key === "p") together?.steer(!together.pointing.peek());
  return key === "p" && together !== undefined;
}

/** Whether the key was one of ours. */
function pressed(model: ViewerModel, key: string, size: Size): boolean {
  const { slice, place, marking } = model;
  const middle = { x: size.width / 2, y: size.height / 2 };
  const move = (dx: number, dy: number): void =>
    model.setPlace({ ...place.peek(), x: place.peek().x + dx, y: place.peek().y + dy });
  const zoom = (by: number): void => model.setPlace(zoomed(place.peek(), size, middle, by));
  const panning = marking.tool.peek() === "pan";
  const keys: Readonly<Record<string, () => void>> = {
    ArrowUp: () => (panning ? move(0, -STEP) : model.go(slice.peek() - 1)),
    ArrowDown: () => (panning ? move(0, STEP) : model.go(slice.peek() + 1)),
    ArrowLeft: () => (panning ? move(-STEP, 0) : changeWindow(model, -10, 0)),
    ArrowRight: () => (panning ? move(STEP, 0) : changeWindow(model, 10, 0)),
    PageUp: () => model.go(slice.peek() - 10),
    PageDown: () => model.go(slice.peek() + 10),
    Home: () => model.go(0),
    End: () => model.go(model.count.peek() - 1),
    "+": () => zoom(1.25),
    "-": () => zoom(0.8),
    "0": () => model.reset(),
    i: () => model.invert(),
    k: () => model.toggleKey(),
  };
  const act = Object.hasOwn(keys, key) ? keys[key] : undefined;
  const tool = Object.hasOwn(TOOLS, key) ? TOOLS[key] : undefined;
  act?.();
  if (tool) marking.choose(tool);
  return act !== undefined || tool !== undefined;
}
