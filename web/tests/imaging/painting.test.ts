import { describe, expect, it } from "vitest";
import {
  angleOf,
  drawn,
  lengthOf,
  onPicture,
  onScreen,
  WHOLE,
  zoomed,
} from "../../src/features/imaging/geometry.ts";
import { fullWindow, ownWindow, paint } from "../../src/features/imaging/painting.ts";
import type { Picture, Samples } from "../../src/features/imaging/picture.ts";
import { ORIGIN } from "./origins.ts";

const grey = (samples: Samples, changes: Partial<Picture> = {}, inverted = false): Picture => ({
  rows: 1,
  columns: samples.length,
  frames: 1,
  content: { color: false, samples, inverted },
  slope: 1,
  intercept: 0,
  range: [Math.min(...samples), Math.max(...samples)],
  windows: [],
  spacing: null,
  aspect: 1,
  approximate: false,
  edges: null,
  unit: "",
  facts: [],
  origin: ORIGIN,
  ...changes,
});

function painted(picture: Picture, window = ownWindow(picture), turned = false): readonly number[] {
  const pixels = new Uint8ClampedArray(4 * picture.columns);
  paint(picture, window, turned, pixels);
  expect(pixels.filter((_, at) => at % 4 === 3).every((value) => value === 255)).toBe(true);
  return [...pixels.filter((_, at) => at % 4 === 0)];
}

describe("what is painted", () => {
  it("is black below the window, white above it, and grey within", () => {
    const picture = grey(Int16Array.of(-1000, -160, 40, 239, 3000), { unit: "HU" });
    expect(painted(picture, { center: 40, width: 400 })).toEqual([0, 0, 128, 255, 255]);
  });

  it("counts with slope and intercept, and with all 16 bits", () => {
    const picture = grey(Uint16Array.of(0, 1024, 65_535), { intercept: -1024 });
    expect(painted(picture, { center: 0.5, width: 2 })).toEqual([0, 128, 255]);
    expect(fullWindow(picture)).toEqual({ center: 31_744, width: 65_536 });
    expect(painted(grey(Int8Array.of(-128, 127)))).toEqual([0, 255]);
  });

  it("is turned once where the file says so, and back where somebody asks", () => {
    const samples = Uint8Array.of(0, 255);
    expect(painted(grey(samples, {}, true))).toEqual([255, 0]);
    expect(painted(grey(samples, {}, true), undefined, true)).toEqual([0, 255]);
  });

  it("is a threshold where the window is one wide", () => {
    const picture = grey(Int16Array.of(9, 10, 11));
    expect(painted(picture, { center: 10.5, width: 1 })).toEqual([0, 0, 255]);
  });

  it("keeps colours, and turns them around", () => {
    const pixels = Uint8ClampedArray.of(10, 20, 30, 255);
    const picture = { ...grey(Uint8Array.of(0)), content: { color: true, pixels } as const };
    const into = new Uint8ClampedArray(4);
    paint(picture, ownWindow(picture), true, into);
    expect([...into]).toEqual([245, 235, 225, 255]);
    paint(picture, ownWindow(picture), false, into);
    expect([...into]).toEqual([10, 20, 30, 255]);
  });

  it("is every other pixel of a picture that is too large", () => {
    const samples = Uint8Array.of(0, 9, 100, 9, 9, 9, 9, 9, 200, 9, 255, 9);
    const picture = { ...grey(samples), rows: 3, columns: 4 };
    const into = new Uint8ClampedArray(16);
    paint(picture, { center: 128, width: 256 }, false, into, 2);
    expect([...into.filter((_, at) => at % 4 === 0)]).toEqual([0, 100, 200, 255]);
  });
});

describe("where a picture is", () => {
  const shape = { rows: 100, columns: 50, aspect: 2 };
  const frame = { width: 400, height: 400 };

  it("fits, and is as high as its pixels are", () => {
    expect(drawn(shape, frame, WHOLE)).toEqual({ x: 150, y: 0, scaleX: 2, scaleY: 4 });
  });

  it("keeps what is under the finger where it is", () => {
    const at = { x: 180, y: 120 };
    const before = onPicture(drawn(shape, frame, WHOLE), at);
    const place = zoomed(WHOLE, frame, at, 3);
    const after = onScreen(drawn(shape, frame, place), before);
    expect(after.x).toBeCloseTo(at.x);
    expect(after.y).toBeCloseTo(at.y);
    expect(zoomed(place, frame, at, 1000).zoom).toBe(20);
  });

  it("measures in millimetres where pixels have a size, else in pixels", () => {
    const spacing = { row: 2, column: 0.5, detector: false };
    expect(lengthOf({ x: 0, y: 0 }, { x: 6, y: 2 }, spacing)).toBe(5);
    expect(lengthOf({ x: 0, y: 0 }, { x: 3, y: 4 }, null)).toBe(5);
    const corner = { x: 0, y: 0 };
    const square = { ...shape, aspect: 1 };
    expect(angleOf([{ x: 1, y: 0 }, corner, { x: 0, y: 1 }], square)).toBeCloseTo(90);
    expect(angleOf([{ x: 1, y: 0 }, corner, { x: -1, y: -0.001 }], square)).toBeCloseTo(179.9, 0);
    expect(angleOf([{ x: 2, y: 1 }, corner, { x: 1, y: 0 }], shape)).toBeCloseTo(45);
  });
});
