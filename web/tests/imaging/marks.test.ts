/** Marks as DICOM files: written, read again, and read though somebody meant harm. */
import { describe, expect, it } from "vitest";
import { readHead } from "../../src/features/imaging/dicom/head.ts";
import { type Tags, writeDicom } from "../../src/features/imaging/dicom/writing.ts";
import type { Mark } from "../../src/features/imaging/marks.ts";
import { isOfMarks, PRESENTATION, SELECTION } from "../../src/features/imaging/saved/classes.ts";
import type { Writing } from "../../src/features/imaging/saved/document.ts";
import { SavedLayers } from "../../src/features/imaging/saved/layers.ts";
import { makeDocument } from "../../src/features/imaging/saved/making.ts";
import type { Seen } from "../../src/features/imaging/saved/model.ts";
import { writePresentations } from "../../src/features/imaging/saved/presentation.ts";
import { readMarks } from "../../src/features/imaging/saved/reading.ts";
import { writeSelections } from "../../src/features/imaging/saved/selection.ts";
import {
  endOfIndex,
  indexBegins,
  instancesOf,
  readIndex,
  textOfTag,
} from "../../src/sealing/study.ts";
import { dicom } from "./files.ts";
import { ORIGIN } from "./origins.ts";

const SEEN: Seen = {
  origin: ORIGIN,
  frame: 0,
  frames: 1,
  rows: 512,
  columns: 512,
  aspect: 1,
  spacing: { row: 0.5, column: 0.5, detector: false },
  slope: 1,
  intercept: -1024,
  unit: "HU",
  inverted: false,
  window: { center: 40, width: 400 },
};
const OTHER: Seen = { ...SEEN, origin: { ...ORIGIN, instance: "1.2.3.9" }, frame: 2, frames: 8 };
const MARKS: readonly Mark[] = [
  {
    id: 1,
    kind: "length",
    points: [
      { x: 100.25, y: 200.5 },
      { x: 220.25, y: 200.5 },
    ],
    text: "Élargi ? <b>x</b>",
  },
  {
    id: 2,
    kind: "angle",
    points: [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 20 },
    ],
    text: "",
  },
  { id: 3, kind: "note", points: [{ x: 5, y: 6 }], text: "a\\b" },
];

function writing(by = "Dr Łukasz Exemple"): Writing {
  let count = 0;
  const uid = (): string => {
    count += 1;
    return `2.25.${count}`;
  };
  return { by, at: new Date(2026, 2, 2, 8, 30), uid };
}

const only = <T>([one, ...more]: readonly T[]): T => {
  expect(more).toEqual([]);
  return one ?? expect.fail();
};

describe("marks", () => {
  it("are read as they were written", () => {
    const file = only(writePresentations([{ seen: SEEN, marks: MARKS }], writing()));
    const on = [{ instance: "1.2.3.1", frame: null }];
    expect(readMarks(file)).toEqual({
      study: "1.2.3",
      instance: "2.25.1",
      by: "Dr Łukasz Exemple",
      at: "2026-03-02 08:30",
      chosen: [],
      left: 0,
      marks: MARKS.map(({ kind, points, text }) => ({ kind, points, text, on })),
    });
  });

  it("say what they measure to other readers", () => {
    const file = only(writePresentations([{ seen: SEEN, marks: MARKS }], writing()));
    const text = new TextDecoder().decode(file);
    for (const said of ["60.0 mm", "90.0°", "Exemple^Camille", "Élargi ? <b>x</b>"]) {
      expect(text).toContain(said);
    }
  });

  it("name the frame, in a file that has several", () => {
    const two = { seen: OTHER, marks: MARKS.slice(0, 1) };
    const file = only(writePresentations([{ seen: SEEN, marks: MARKS }, two], writing()));
    expect(readMarks(file).marks[3]?.on).toEqual([{ instance: "1.2.3.9", frame: 2 }]);
  });

  it("are in files of their own by study, and by how grey comes about", () => {
    const elsewhere = { ...SEEN, origin: { ...ORIGIN, study: "1.9" } };
    const steep = { ...SEEN, slope: 2 };
    const all = [SEEN, elsewhere, steep, OTHER].map((seen) => ({ seen, marks: MARKS }));
    expect(writePresentations(all, writing())).toHaveLength(3);
    expect(writeSelections([SEEN, elsewhere, steep], writing())).toHaveLength(2);
  });

  it("that were only begun are not written", () => {
    const begun = MARKS.map((mark) => ({
      ...mark,
      kind: "angle" as const,
      points: [{ x: 1, y: 1 }],
    }));
    expect(writePresentations([{ seen: SEEN, marks: begun }], writing())).toEqual([]);
  });

  it("are a study without pictures", async () => {
    const drawing = { drawn: [{ seen: SEEN, marks: MARKS }], chosen: [SEEN, OTHER] };
    let drawn = 0;
    const random = (length: number): Uint8Array => {
      drawn += 1;
      return new Uint8Array(length).fill(drawn);
    };
    const made = (await makeDocument(drawing, "Dr Demo", 1e12, random)) ?? expect.fail();
    const begin = indexBegins(made.bytes);
    const line = made.bytes.subarray(begin);
    const studies = readIndex(line.slice(0, endOfIndex(line)));
    const classes = instancesOf(studies).map(({ dataset }) => textOfTag(dataset, "00080016"));
    expect(classes).toEqual([PRESENTATION, SELECTION]);
    expect(textOfTag(studies[0]?.dataset ?? {}, "0020000D")).toBe("1.2.3");
  });

  it("of a file without UIDs are not written", async () => {
    const nameless = { ...SEEN, origin: { ...ORIGIN, instance: "../x" } };
    const random = (length: number): Uint8Array => new Uint8Array(length);
    expect(await makeDocument({ drawn: [], chosen: [nameless] }, "", 0, random)).toBeNull();
  });
});

describe("key images", () => {
  it("are read as they were written", () => {
    const file = only(writeSelections([SEEN, OTHER], writing()));
    expect(readMarks(file)).toEqual({
      study: "1.2.3",
      instance: "2.25.1",
      by: "Dr Łukasz Exemple",
      at: "2026-03-02 08:30",
      marks: [],
      chosen: [
        { instance: "1.2.3.1", frame: null },
        { instance: "1.2.3.9", frame: 2 },
      ],
      left: 0,
    });
  });

  it("may be nobody's", () => {
    expect(readMarks(only(writeSelections([SEEN], writing("")))).by).toBe("");
  });
});

const BASE: Tags = {
  "0020000D": ["UI", "1.2.3"],
  "00080005": ["CS", "ISO_IR 192"],
};
const graphic = (type: string, data: readonly number[], more: Tags = {}): Tags => ({
  "00700005": ["CS", "PIXEL"],
  "00700020": ["US", 2],
  "00700021": ["US", data.length / 2],
  "00700022": ["FL", data],
  "00700023": ["CS", type],
  ...more,
});
const on = (instance = "1.2.3.1"): Tags => ({ "00081155": ["UI", instance] });
const annotated = (...graphics: readonly Tags[]): Tags => ({
  "00081140": ["SQ", [on()]],
  "00700009": ["SQ", graphics],
});
const presentation = (...annotations: readonly Tags[]): Uint8Array =>
  writeDicom(PRESENTATION, "1.7", { ...BASE, "00700001": ["SQ", annotations] });

describe("marks of others", () => {
  it("are lines, whatever they measure", () => {
    const { marks, left } = readMarks(
      presentation(
        annotated(graphic("POLYLINE", [0, 0, 5, 5])),
        annotated(graphic("CIRCLE", [10, 10, 10, 15])),
        annotated(graphic("ELLIPSE", [0, 5, 10, 5, 5, 3, 5, 7])),
        annotated(graphic("POINT", [3, 4])),
      ),
    );
    expect(left).toBe(0);
    expect(marks.map(({ kind }) => kind)).toEqual(["shape", "shape", "shape", "note"]);
    for (const { x, y } of marks[1]?.points ?? [])
      expect(Math.hypot(x - 10, y - 10)).toBeCloseTo(5);
  });

  it("are notes, where they are texts alone", () => {
    const text = {
      "00700003": ["CS", "PIXEL"],
      "00700006": ["ST", "here"],
      "00700010": ["FL", [0, 0]],
      "00700011": ["FL", [4, 8]],
    } as const;
    const { marks } = readMarks(
      presentation({ "00081140": ["SQ", [on()]], "00700008": ["SQ", [text]] }),
    );
    expect(marks).toMatchObject([{ kind: "note", text: "here", points: [{ x: 2, y: 4 }] }]);
  });
});

describe("hostile marks", () => {
  const refused = (file: Uint8Array): string => {
    try {
      readMarks(file);
    } catch (error) {
      return (error as { readonly why?: string }).why ?? String(error);
    }
    return "read";
  };

  it.each([
    ["a number that is none", graphic("POLYLINE", [Number.NaN, 0, 1, 1])],
    ["a number without an end", graphic("POLYLINE", [Number.POSITIVE_INFINITY, 0, 1, 1])],
    ["points far outside", graphic("POINT", [1e30, 1e30])],
    ["more points than it has", graphic("POLYLINE", [0, 0, 1, 1], { "00700021": ["US", 65_535] })],
    ["no points", graphic("POLYLINE", [])],
    ["three dimensions", graphic("POLYLINE", [0, 0, 1, 1], { "00700020": ["US", 3] })],
    ["an unknown kind", graphic("<script>", [0, 0])],
    ["another screen's points", graphic("POINT", [0.5, 0.5], { "00700005": ["CS", "DISPLAY"] })],
  ])("with %s are counted, not shown", (_name, one) => {
    expect(readMarks(presentation(annotated(one)))).toMatchObject({ marks: [], left: 1 });
  });

  it("are no more than is shown", () => {
    const tiny = {
      "00700005": ["CS", "PIXEL"],
      "00700020": ["US", 2],
      "00700021": ["US", 1],
      "00700022": ["FL", [1, 1]],
      "00700023": ["CS", "POINT"],
    } as const;
    const each = annotated(...Array.from({ length: 100 }, () => tiny));
    const { marks, left } = readMarks(presentation(...Array.from({ length: 60 }, () => each)));
    expect([marks.length, left]).toEqual([2000, 4000]);
    expect(refused(new Uint8Array(1024 * 1024 + 1))).toBe("too_large");
  });

  it("are on no more pictures than there may be", () => {
    const many = Array.from({ length: 4000 }, (_, at) => on(`1.2.${at + 1}`));
    const one = {
      "00081140": ["SQ", many],
      "00700009": ["SQ", [graphic("POINT", [1, 1])]],
    } as const;
    expect(readMarks(presentation(one)).marks[0]?.on).toHaveLength(500);
  });

  it("of many pictures, many times, end soon", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => on(`1.2.${at + 1}`));
    const one = { "00700009": ["SQ", [graphic("POINT", [1, 1])]] } as const;
    const none = Array.from({ length: 10_000 }, () => ({}));
    const file = writeDicom(PRESENTATION, "1.7", {
      ...BASE,
      "00081115": ["SQ", [{ "00081140": ["SQ", many] }]],
      "00700001": ["SQ", [one, ...none]],
    });
    const before = performance.now();
    expect(readMarks(file).marks.map((mark) => mark.on.length)).toEqual([500]);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it("name frames once, and only so many", () => {
    const frames = Array.from({ length: 10_000 }, (_, at) => `${at}`);
    const one = {
      "00081140": ["SQ", [{ ...on(), "00081160": ["IS", frames.join("\\")] }]],
      "00700009": ["SQ", [graphic("POINT", [1, 1])]],
    } as const;
    // The first is no frame: they count from 1.
    expect(readMarks(presentation(one)).marks[0]?.on).toHaveLength(499);
  });

  it("of UIDs that are none are on no picture", () => {
    const one = {
      "00081140": ["SQ", [on("../../x")]],
      "00700009": ["SQ", [graphic("POINT", [1, 1])]],
    } as const;
    expect(readMarks(presentation(one))).toMatchObject({ marks: [], left: 1 });
    expect(refused(writeDicom(PRESENTATION, "1.7", { "0020000D": ["UI", "<b>"] }))).toBe("broken");
    expect(refused(writeDicom(PRESENTATION, "1".repeat(65), BASE))).toBe("broken");
  });

  it("have texts that turn nothing around and say only so much", () => {
    const text = `\u202e${"long ".repeat(80)}<img src=x onerror=alert(1)>`;
    const note = {
      "00700004": ["CS", "PIXEL"],
      "00700006": ["ST", text],
      "00700014": ["FL", [1, 1]],
    } as const;
    const [mark] = readMarks(
      presentation({ "00081140": ["SQ", [on()]], "00700008": ["SQ", [note]] }),
    ).marks;
    expect([...(mark?.text ?? "")]).toHaveLength(120);
    expect(mark?.text.startsWith("long")).toBe(true);
  });

  it("are refused where they are something else", () => {
    expect(refused(dicom())).toBe("no_image");
    expect(refused(new Uint8Array(400))).toBe("not_dicom");
    const file = only(writeSelections([SEEN], writing()));
    expect(refused(file.slice(0, 300))).toBe("broken");
    const program = file.slice();
    program.set([0x4d, 0x5a]);
    expect(refused(program)).toBe("program");
  });

  it("without an end, or within each other, end", () => {
    const head = only(writeSelections([SEEN], writing()));
    const { tags } = readHead(head);
    const at = (tags.elements["x0040a730"]?.dataOffset ?? 0) - 4;
    const endless = new Uint8Array(at + 4 + 400_000);
    endless.set(head.subarray(0, at));
    endless.set([0xff, 0xff, 0xff, 0xff], at);
    for (let n = at + 4; n + 20 <= endless.length; n += 20) {
      endless.set([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff], n);
      endless.set([0x40, 0, 0x30, 0xa7, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff], n + 8);
    }
    expect(refused(endless)).toBe("broken");
  });
});

describe("what was saved before", () => {
  const file = readMarks(only(writePresentations([{ seen: SEEN, marks: MARKS }], writing())));

  it("is on the pictures that it names, of the study that it names", () => {
    const layers = new SavedLayers();
    layers.add("one", [file]);
    expect(layers.on(SEEN)).toHaveLength(3);
    expect(layers.on({ ...SEEN, frame: 4 })).toHaveLength(3);
    expect(layers.on(OTHER)).toEqual([]);
    expect(layers.on({ ...SEEN, origin: { ...ORIGIN, study: "1.9" } })).toEqual([]);
  });

  it("is there once, can be hidden, and taken out", () => {
    const layers = new SavedLayers();
    layers.add("one", [file]);
    layers.add("two", [file]);
    expect(layers.list.value).toMatchObject([{ id: "one", by: "Dr Łukasz Exemple", count: 3 }]);
    layers.show("one", false);
    expect(layers.on(SEEN)).toEqual([]);
    layers.show("one", true);
    expect(layers.on(SEEN)).toHaveLength(3);
    layers.remove("one");
    expect([layers.on(SEEN), layers.list.value]).toEqual([[], []]);
  });

  it("is limited in all", () => {
    const layers = new SavedLayers();
    const mark = file.marks[0] ?? expect.fail();
    const many = { ...file, marks: Array.from({ length: 2000 }, () => mark) };
    for (let n = 0; n < 12; n += 1) layers.add(`${n}`, [{ ...many, instance: `1.${n}` }]);
    expect([layers.list.value.length, layers.unread.value]).toEqual([10, 2]);
  });
});

it("key images and marks are told by their class", () => {
  expect([SELECTION, PRESENTATION, "1.2.840.10008.5.1.4.1.1.11.2"].every(isOfMarks)).toBe(true);
  expect(["", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.110"].some(isOfMarks)).toBe(
    false,
  );
});
