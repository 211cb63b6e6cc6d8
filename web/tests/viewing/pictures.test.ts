/** What a JPEG and a PNG say of themselves, before a browser makes anything of them. */
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sizeOfJpeg } from "../../src/features/viewing/pictures/jpeg.ts";
import { sizeOfPng } from "../../src/features/viewing/pictures/png.ts";

const joined = (...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const u32 = (value: number): number[] =>
  [value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 0xff);
const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const chunk = (name: string, data: readonly number[] | Uint8Array): Uint8Array =>
  joined(u32(data.length), letters(name), data, [0, 0, 0, 0]);

function png(width: number, height: number, lines: Uint8Array, how = [8, 0, 0, 0, 0]) {
  const head = [...u32(width), ...u32(height), ...how];
  const packed = chunk("IDAT", deflateSync(lines));
  return joined(
    [0x89, ...letters("PNG\r\n\x1a\n")],
    chunk("IHDR", head),
    packed,
    chunk("IEND", []),
  );
}

describe("a PNG", () => {
  it("says its size, and is as long as that when it is unpacked", async () => {
    const grey = png(9, 4, new Uint8Array(4 * 10));
    expect(await sizeOfPng(grey)).toEqual({ width: 9, height: 4, moving: false });
    const bits = png(9, 4, new Uint8Array(4 * 3), [1, 0, 0, 0, 0]);
    expect(await sizeOfPng(bits)).toMatchObject({ width: 9, height: 4 });
    const colours = png(9, 4, new Uint8Array(4 * (1 + 9 * 8)), [16, 6, 0, 0, 0]);
    expect(await sizeOfPng(colours)).toMatchObject({ width: 9, height: 4 });
  });

  it("may be interlaced", async () => {
    // Passes of 9 by 4: 2·1, 1·1, 3·0, 2·1, 5·1, 4·2 and 9·2 pixels, a byte more for each line.
    const lines = [2, 1, 2, 5].map((pixels) => pixels + 1).concat([2 * 5, 2 * 10]);
    const length = lines.reduce((sum, one) => sum + one, 0);
    const passes = png(9, 4, new Uint8Array(length), [8, 0, 0, 0, 1]);
    expect(await sizeOfPng(passes)).toMatchObject({ width: 9, height: 4 });
    await expect(
      sizeOfPng(png(9, 4, new Uint8Array(length - 1), [8, 0, 0, 0, 1])),
    ).rejects.toThrow();
  });

  it("is refused where it unpacks to more or less", async () => {
    for (const length of [39, 41, 40_000]) {
      await expect(sizeOfPng(png(9, 4, new Uint8Array(length)))).rejects.toMatchObject({
        why: "broken",
      });
    }
    await expect(sizeOfPng(png(9, 4, new Uint8Array(40)).slice(0, -5))).rejects.toMatchObject({
      why: "broken",
    });
    await expect(sizeOfPng(png(60_000, 60_000, new Uint8Array(40)))).rejects.toMatchObject({
      why: "too_large",
    });
  });
});

const segment = (marker: number, data: readonly number[]): number[] => [
  ...[0xff, marker],
  ...[(data.length + 2) >> 8, (data.length + 2) & 0xff],
  ...data,
];
const FRAME = segment(0xc2, [8, 1, 2, 3, 4, 1, 1, 0x11, 0]);
const SCAN = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0, 0x34, 0xff, 0xd3, 0x56];
const END = [0xff, 0xd9];

describe("a JPEG", () => {
  it("says its size, and has an end", () => {
    expect(sizeOfJpeg(joined([0xff, 0xd8], FRAME, SCAN, END))).toEqual({ width: 772, height: 258 });
    const small = [0xff, 0xd8, ...END];
    const named = segment(0xe1, small);
    const twice = [...segment(0xc4, [0]), ...SCAN];
    const whole = joined([0xff, 0xd8], named, FRAME, SCAN, [0xff], twice, END, letters("more"));
    expect(sizeOfJpeg(whole)).toEqual({ width: 772, height: 258 });
    // What is behind its end, or in a smaller one within it, is no end of its own.
    expect(() => sizeOfJpeg(joined([0xff, 0xd8], named, FRAME, SCAN))).toThrow();
  });

  it("is refused where it is cut, or holds no picture", () => {
    const whole = joined([0xff, 0xd8], FRAME, SCAN, END);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => sizeOfJpeg(whole.slice(0, length))).toThrow();
    }
    expect(() => sizeOfJpeg(joined([0xff, 0xd8], FRAME, END))).toThrow();
    expect(() => sizeOfJpeg(joined([0xff, 0xd8], SCAN, END))).toThrow();
    expect(() => sizeOfJpeg(joined([0xff, 0xd8], FRAME, FRAME, SCAN, END))).toThrow();
  });
});
