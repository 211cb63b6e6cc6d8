/** Makes values or colours of a frame's bytes (PS3.3 C.7.6.3). */
import type { DataSet } from "dicom-parser";
import { Refused } from "../dicom/head.ts";
import type { Picture, Samples } from "../picture.ts";
import type { Shape } from "./shape.ts";

/** One value a pixel: bits that do not count are taken off, and signs carried on. */
export function samplesOf(
  bytes: Uint8Array,
  { bytes: size, stored, signed }: Shape,
  big: boolean,
): Samples {
  if (size === 1) {
    const unused = 8 - stored;
    if (signed) return Int8Array.from(bytes, (value) => (value << (24 + unused)) >> (24 + unused));
    return unused === 0 ? bytes.slice() : bytes.map((value) => value & (0xff >> unused));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >> 1;
  const unused = 16 - stored;
  const mask = 0xffff >> unused;
  const samples = signed ? new Int16Array(count) : new Uint16Array(count);
  for (let at = 0; at < count; at += 1) {
    const value = view.getUint16(2 * at, !big);
    samples[at] = signed ? (value << (16 + unused)) >> (16 + unused) : value & mask;
  }
  return samples;
}

export function rangeOf(samples: Samples): readonly [number, number] {
  let [least, most] = [samples[0] ?? 0, samples[0] ?? 0];
  for (const value of samples) {
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return [least, most];
}

type Colors = Extract<Picture["content"], { color: true }>["pixels"];

/** Red, green, blue of every pixel. Throws Refused. */
export function colorsOf(bytes: Uint8Array, shape: Shape, photometric: string): Colors {
  const { rows, columns, planar } = shape;
  const count = rows * columns;
  const pixels = new Uint8ClampedArray(4 * count);
  const half = photometric === "YBR_FULL_422";
  if (bytes.length < (half ? 2 : 3) * count) throw new Refused("broken", "too few colours");
  const luma = photometric !== "RGB";
  const [step, plane] = planar && !half ? [1, count] : [3, 1];
  for (let at = 0; at < count; at += 1) {
    // Of two pixels side by side: both their lightness, and one colour for both.
    const from = half ? 4 * (at >> 1) : at * step;
    const one = bytes[half ? from + (at & 1) : from] ?? 0;
    const two = bytes[half ? from + 2 : from + plane] ?? 0;
    const three = bytes[half ? from + 3 : from + 2 * plane] ?? 0;
    pixels[4 * at] = luma ? one + 1.402 * (three - 128) : one;
    pixels[4 * at + 1] = luma ? one - 0.344136 * (two - 128) - 0.714136 * (three - 128) : two;
    pixels[4 * at + 2] = luma ? one + 1.772 * (two - 128) : three;
    pixels[4 * at + 3] = 255;
  }
  return pixels;
}

const TABLES = ["01", "02", "03"] as const;

/** Colours of a palette (PS3.3 C.7.6.3.1.5). Throws Refused. */
export function paletteOf(samples: Samples, tags: DataSet, signed: boolean): Colors {
  const tables = TABLES.map((channel) => {
    const entries = tags.uint16(`x002811${channel}`, 0) || 65_536;
    const mapped = tags.uint16(`x002811${channel}`, 1) ?? 0;
    const first = signed && mapped > 32_767 ? mapped - 65_536 : mapped;
    const bits = tags.uint16(`x002811${channel}`, 2) ?? 16;
    const data = tags.elements[`x002812${channel}`];
    if (!data) throw new Refused("unsupported", "a palette of another form");
    const deep = data.length >= 2 * entries;
    if (data.length < entries) throw new Refused("broken", "a palette that is cut");
    // Of two bytes the higher is what a screen can show.
    const at = (n: number): number =>
      deep
        ? (tags.uint16(`x002812${channel}`, n) ?? 0) >> (bits > 8 ? 8 : 0)
        : (tags.byteArray[data.dataOffset + n] ?? 0);
    return { first, colors: Uint8Array.from({ length: entries }, (_, n) => at(n)) };
  });
  const pixels = new Uint8ClampedArray(4 * samples.length);
  for (const [at, value] of samples.entries()) {
    for (const [channel, { first, colors }] of tables.entries()) {
      const place = Math.min(Math.max(value - first, 0), colors.length - 1);
      pixels[4 * at + channel] = colors[place] ?? 0;
    }
    pixels[4 * at + 3] = 255;
  }
  return pixels;
}
