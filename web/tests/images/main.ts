/** Opens what the test gives it, as the pages do: with their worker, and the policies of the server. */
import { signal } from "@preact/signals";
import { readDocument } from "../../src/features/documents/reader.ts";
import type { OpenPart } from "../../src/features/files/spans.ts";
import { collect } from "../../src/features/imaging/collecting.ts";
import { Decoder } from "../../src/features/imaging/decoder.ts";
import { Ranges } from "../../src/features/imaging/ranges.ts";
import { createViewer } from "../../src/features/imaging/viewer.ts";
import { showHeld } from "../../src/features/viewing/viewer.ts";
import { clock, random } from "../../src/platform/basics.ts";
import { decoders } from "../../src/platform/decoders.ts";
import { engine } from "../../src/platform/engine.ts";
import { photos } from "../../src/platform/photos.ts";
import { received } from "../../src/platform/received.ts";
import { renderers } from "../../src/platform/renderers.ts";
import { CHUNK_BYTES } from "../../src/sealing/tree.ts";

type Outcome = Readonly<Record<string, unknown>>;

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const decoder = new Decoder(decoders);

/** A frame: its shape, and the hash of its values, or of red, green, blue and opacity. */
async function image(file: Uint8Array, frame: number): Promise<Outcome> {
  try {
    const { rows, columns, frames, content, range } = await decoder.decode({ bytes: file, frame });
    const values = content.color ? content.pixels : content.samples;
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return {
      rows,
      columns,
      frames,
      color: content.color,
      range,
      hash: hex(await engine.digest(raw)),
    };
  } catch (error) {
    return { refused: (error as { readonly why?: string }).why ?? String(error) };
  }
}

/** A study as a reader opens it: from a part that is already known to be the author's. */
async function study(file: Uint8Array): Promise<Outcome> {
  const open = async () =>
    ({
      read: async (first: number, end: number) =>
        file.slice(first * CHUNK_BYTES, end * CHUNK_BYTES),
    }) as unknown as OpenPart;
  const ranges = new Ranges(file.length, clock, open, () => undefined);
  const viewer = createViewer(ranges, signal(false), {
    decoders,
    received,
    clock,
    random,
    line: { ask: async () => undefined },
  });
  while (viewer.loading.value) await new Promise((done) => setTimeout(done, 20));
  const { state, wrong, picture } = viewer;
  viewer.end();
  return { state: state.value, wrong: wrong.value, shown: picture.value !== null };
}

/** How many marks a file has that are drawn. */
async function marks(file: Uint8Array): Promise<Outcome> {
  try {
    return { marks: (await decoder.read(file)).marks.length };
  } catch (error) {
    return { refused: (error as { readonly why?: string }).why ?? String(error) };
  }
}

/** What a sender's page makes of a file that somebody chose. */
async function chosen(bytes: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  const file = new File([bytes], "chosen.zip", { type: "application/zip" });
  const found = await collect([{ path: file.name, file }]).catch(String);
  return typeof found === "string" ? { failed: found } : { images: found?.contents.images ?? 0 };
}

async function photo(bytes: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  try {
    return { bytes: (await photos.clean(new Blob([bytes]))).length };
  } catch {
    return { refused: true };
  }
}

/** Colours at the middle of each quarter of a picture, from the top left on, line by line. */
function quartersOf(bitmap: ImageBitmap): readonly (readonly number[])[] {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new TypeError("no canvas here");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  return [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x = 0, y = 0]) => [
    ...context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data.slice(0, 3),
  ]);
}

/** A file of a link, as a reader looks at it: its page of that number. */
async function shown(file: Uint8Array, page: number): Promise<Outcome> {
  const viewer = showHeld(renderers, "file", file);
  const rests = async (): Promise<void> => {
    while (viewer.loading.value) await new Promise((done) => setTimeout(done, 10));
  };
  await rests();
  if (page > 0) {
    viewer.go(page);
    await rests();
  }
  const sheet = viewer.sheet.value;
  const found = {
    wrong: viewer.wrong.value,
    kind: viewer.kind.value,
    count: viewer.count.value,
    sheet: sheet && {
      width: Math.round(sheet.width),
      height: Math.round(sheet.height),
      text: sheet.text.map(({ text }) => text).join(" "),
      notes: sheet.notes,
      quarters: quartersOf(sheet.bitmap),
    },
  };
  viewer.end();
  return found;
}

/** A signed document with this one part. */
function document(bytes: Uint8Array, media: string): Outcome {
  const author = { name: "Dr Camille Démo" };
  const parts = [{ name: "part", media, bytes }];
  const issued = "2026-03-02T08:30:00Z";
  const read = readDocument({ kind: "prescription", issued, author, subject: null, parts });
  return { prescription: read.prescription !== null, pdf: read.pdf !== null };
}

Object.assign(window, {
  image: (base64: string, frame: number) => image(bytesOf(base64), frame),
  study: (base64: string) => study(bytesOf(base64)),
  marks: (base64: string) => marks(bytesOf(base64)),
  chosen: (base64: string) => chosen(bytesOf(base64)),
  photo: (base64: string) => photo(bytesOf(base64)),
  shown: (base64: string, page: number) => shown(bytesOf(base64), page),
  read: async (base64: string, media: string) => document(bytesOf(base64), media),
});
globalThis.document.documentElement.dataset["ready"] = "";
