/** Frames of DICOM files; what codecs do is compared with pydicom's in a browser (test_images.py). */
import { describe, expect, it } from "vitest";
import { Codecs } from "../../src/features/imaging/decoding/codecs.ts";
import { decode } from "../../src/features/imaging/decoding/decode.ts";
import { concat } from "../../src/sealing/encoding.ts";
import { dicom, element, pixels, type Tags, type Wish } from "./files.ts";

const none = new Codecs(async () => {
  throw new TypeError("no codec is wanted");
});
const decoded = (wish?: Wish, frame = 0) => decode(dicom(wish), frame, none);

const item = (bytes: Uint8Array): Uint8Array => {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, 0xe000fffe, true);
  head.setUint32(4, bytes.length, true);
  return concat(new Uint8Array(head.buffer), bytes);
};
const END = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
const pieces = (...all: readonly Uint8Array[]): Uint8Array =>
  concat(element("7FE00010", "OB", new Uint8Array(), 0xffffffff), ...all.map(item), END);
/** Compressed pixels in place of the plain ones. */
const packed = (syntax: string, end: Uint8Array, tags: Tags = {}): Wish => ({
  syntax,
  tags: { "7FE00010": ["OW", ""], ...tags },
  end,
});

const RUNS = "1.2.840.10008.1.2.5";

/** Two segments, the high bytes and the low ones, of 24 values of 0x0102. */
function runs(): Uint8Array {
  const head = new DataView(new ArrayBuffer(64));
  head.setUint32(0, 2, true);
  head.setUint32(4, 64, true);
  head.setUint32(8, 66, true);
  return concat(
    new Uint8Array(head.buffer),
    Uint8Array.of(257 - 24, 1),
    Uint8Array.of(257 - 24, 2),
  );
}

describe("a frame", () => {
  it("has the values, their meaning, and how far pixels are apart", async () => {
    const picture = await decoded();
    expect(picture).toMatchObject({
      rows: 4,
      columns: 6,
      frames: 1,
      slope: 1,
      intercept: -1024,
      range: [1000, 1230],
      spacing: { row: 0.5, column: 0.25, detector: false },
      aspect: 2,
      unit: "HU",
    });
    expect(picture.content).toMatchObject({ color: false, inverted: false });
    expect(picture.facts).toContainEqual({ key: "patient", value: "Camille Exemple" });
    expect(picture.facts).toContainEqual({ key: "studyDate", value: "2026-03-02" });
  });

  it("leaves out bits that do not count, and carries signs on", async () => {
    const twelve = { "00280101": ["US", 12], "00280102": ["US", 11] } as const;
    const raw = Int16Array.from({ length: 24 }, () => 0x0fff);
    const tags = { ...twelve, "7FE00010": ["OW", new Uint8Array(raw.buffer)] } as const;
    expect((await decoded({ tags })).range).toEqual([-1, -1]);
    const unsigned = await decoded({ tags: { ...tags, "00280103": ["US", 0] } });
    expect(unsigned.range).toEqual([4095, 4095]);
  });

  it("is one of many", async () => {
    const tags: Tags = {
      "00280008": ["IS", "2"],
      "7FE00010": ["OW", concat(pixels(), pixels(0, 1))],
    };
    expect((await decoded({ tags }, 1)).range).toEqual([0, 23]);
    await expect(decoded({ tags }, 2)).rejects.toMatchObject({ why: "broken" });
  });

  it("is unpacked of runs", async () => {
    const picture = await decoded(packed(RUNS, pieces(new Uint8Array(), runs())));
    expect(picture.range).toEqual([0x0102, 0x0102]);
  });

  it("has its own meaning in files of many", async () => {
    const measures = element("00280030", "DS", "2\\2 ");
    const group = element("00289110", "SQ", item(measures));
    const shared = element("52009229", "SQ", item(group));
    const picture = await decoded({
      tags: { "00280030": ["DS", ""], "52009229": ["SQ", shared.subarray(12)] },
    });
    expect(picture.spacing).toEqual({ row: 2, column: 2, detector: false });
  });
});

describe("what a file says", () => {
  it("is where its edges lie in the body", async () => {
    const lies = { "00200037": ["DS", "1\\0\\0\\0\\0\\-1 "] } as const;
    expect((await decoded({ tags: lies })).edges).toEqual({
      left: "R",
      right: "L",
      top: "H",
      bottom: "F",
    });
    const said = { "00200020": ["CS", "A\\F "] } as const;
    expect((await decoded({ tags: said })).edges).toMatchObject({ left: "P", bottom: "F" });
    expect((await decoded()).edges).toBeNull();
  });

  it("is that nobody has corrected its lengths", async () => {
    const same = { "00181164": ["DS", "0.5\\0.25"] } as const;
    expect((await decoded({ tags: same })).spacing?.detector).toBe(true);
    const other = { "00181164": ["DS", "0.6\\0.3 "] } as const;
    expect((await decoded({ tags: other })).spacing?.detector).toBe(false);
  });

  it("is where it lies, and that grey is not straight", async () => {
    const tags = {
      "00200032": ["DS", "-12.5\\3\\40 "],
      "00281056": ["CS", "SIGMOID "],
    } as const;
    const picture = await decoded({ tags });
    expect(picture.facts).toContainEqual({ key: "position", value: "-12.5 · 3 · 40" });
    expect(picture.approximate).toBe(true);
  });
});

describe("what is refused", () => {
  const huge: Tags = { "00280010": ["US", 65_535], "00280011": ["US", 65_535] };
  it.each<[string, string, Wish]>([
    ["a program", "program", { preamble: concat(Uint8Array.of(0x4d, 0x5a), new Uint8Array(126)) }],
    ["a preamble that is cut", "not_dicom", { preamble: new Uint8Array(100) }],
    ["giant dimensions", "too_large", { tags: huge }],
    ["more frames than may be", "too_large", { tags: { "00280008": ["IS", "2000000"] } }],
    ["too few pixels", "broken", { tags: { "00280010": ["US", 5] } }],
    ["no pixels", "no_image", { tags: { "7FE00010": ["OW", ""] } }],
    ["no rows", "no_image", { tags: { "00280010": ["US", ""] } }],
    ["frames that are no number", "broken", { tags: { "00280008": ["IS", "-1"] } }],
    [
      "bits at the high end",
      "unsupported",
      { tags: { "00280101": ["US", 12], "00280102": ["US", 15] } },
    ],
    ["32 bits", "unsupported", { tags: { "00280100": ["US", 32] } }],
    ["more bits than there are", "broken", { tags: { "00280101": ["US", 17] } }],
    [
      "a page behind blanks",
      "program",
      { preamble: concat(Uint8Array.of(0xef, 0xbb, 0xbf, 0x20, 0x3c), new Uint8Array(123)) },
    ],
    ["a film", "unsupported", packed("1.2.840.10008.1.2.4.102", pieces(new Uint8Array(), runs()))],
    ["colours of another kind", "unsupported", { tags: { "00280004": ["CS", "CMYK"] } }],
    ["a palette without colours", "unsupported", { tags: { "00280004": ["CS", "PALETTE COLOR"] } }],
    ["an unknown syntax", "unsupported", packed("1.2.3", pieces(new Uint8Array(), runs()))],
    ["a syntax that is none", "unsupported", { syntax: "plain" }],
    ["deflated", "unsupported", { syntax: "1.2.840.10008.1.2.1.99" }],
    [
      "runs that end too early",
      "broken",
      packed(RUNS, pieces(new Uint8Array(), runs().subarray(0, 65))),
    ],
    ["no piece", "broken", packed(RUNS, pieces(new Uint8Array()))],
    [
      "pieces without an end",
      "broken",
      packed(RUNS, pieces(new Uint8Array(), runs()).subarray(0, -8)),
    ],
    [
      "a length beyond the file",
      "broken",
      { tags: { "7FE00010": ["OW", ""] }, end: element("00290010", "LO", "x", 900) },
    ],
    [
      "a picture of another size",
      "broken",
      packed(
        "1.2.840.10008.1.2.4.90",
        pieces(new Uint8Array(), concat(Uint8Array.of(0xff, 0x4f, 0xff, 0x51), new Uint8Array(60))),
      ),
    ],
  ])("%s", async (_, why, wish) => {
    await expect(decoded(wish)).rejects.toMatchObject({ name: "Refused", why });
  });

  it("sequences in sequences without an end", async () => {
    const open = element("00400275", "SQ", new Uint8Array(), 0xffffffff);
    const itemHead = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff);
    const nested = concat(...Array.from({ length: 20_000 }, () => concat(open, itemHead)));
    const wish = { tags: { "7FE00010": ["OW", ""] } as const, end: nested };
    await expect(decoded(wish)).rejects.toMatchObject({ name: "Refused" });
  });
});
