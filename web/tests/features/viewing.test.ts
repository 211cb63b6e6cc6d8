/** A picture or a PDF on the screen: fetched, drawn page by page, and given up. */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { scaleOf, stepped } from "../../src/features/viewing/fitting.ts";
import { kindOf, mayBeShown } from "../../src/features/viewing/kind.ts";
import { DRAWING, MOST_FILE } from "../../src/features/viewing/limits.ts";
import { type Source, showHeld, showSheets } from "../../src/features/viewing/viewer.ts";
import { SealError } from "../../src/sealing/errors.ts";
import { FakeClock } from "./world/clock.ts";
import {
  BROKEN_PAGE,
  type Drawn,
  ENDLESS_PAGE,
  GREEDY_PAGE,
  renderersOf,
} from "./world/renderers.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function shown(content: Uint8Array | Partial<Source> = bytes("%PDF-9")) {
  const clock = new FakeClock();
  const drawn: Drawn[] = [];
  const needs = renderersOf(clock, drawn);
  const model =
    content instanceof Uint8Array
      ? showHeld(needs, "a.pdf", content)
      : showSheets(needs, {
          name: "a.pdf",
          length: 6,
          waiting: signal(false),
          read: async () => bytes("%PDF-9"),
          ...content,
        });
  const rests = () => clock.until(() => !model.loading.value);
  return { clock, drawn, model, rests };
}

describe("a file on the screen", () => {
  it("shows its first page, and goes to others", async () => {
    const { model, drawn, rests } = shown();
    await rests();
    expect(model).toMatchObject({ name: "a.pdf", length: 6 });
    expect(model.state.value).toBe("open");
    expect(model.count.value).toBe(9);
    model.go(2);
    await rests();
    expect(model.page.value).toBe(2);
    expect(drawn.map(({ page }) => page)).toEqual([0, 2]);
    expect(drawn.map(({ closed }) => closed)).toEqual([true, false]);
    model.go(99);
    model.go(-1);
    await rests();
    expect(model.page.value).toBe(0);
    model.end();
    expect(drawn.every(({ closed }) => closed)).toBe(true);
  });

  it("draws the newest alone of what somebody turns to", async () => {
    const { model, drawn, rests } = shown();
    await rests();
    for (const page of [1, 2, 3, 4]) model.go(page);
    await rests();
    expect(drawn.map(({ page }) => page)).toEqual([0, 1, 4]);
    expect(model.sheet.value).not.toBeNull();
  });

  it("draws a page more finely where it is enlarged, and a picture once", async () => {
    const { model, drawn, rests } = shown();
    await rests();
    model.sharpen(1.2);
    model.sharpen(2.7);
    await rests();
    expect(drawn.map(({ scale }) => scale)).toEqual([1.5, 3]);
    const picture = shown(new Uint8Array([0xff, 0xd8, 0xff, 0, 0, "1".charCodeAt(0)]));
    await picture.rests();
    picture.model.sharpen(4);
    await picture.rests();
    expect(picture.drawn).toHaveLength(1);
  });

  it("ends a worker that takes too long, and shows the next page with another", async () => {
    const { model, clock, rests } = shown();
    await rests();
    model.go(ENDLESS_PAGE);
    await clock.until(() => model.wrong.value !== null, DRAWING + 1000);
    expect(model.wrong.value).toBe("too_slow");
    expect(model.sheet.value).toBeNull();
    model.go(1);
    await rests();
    expect(model.wrong.value).toBeNull();
    expect(model.sheet.value).not.toBeNull();
    model.go(BROKEN_PAGE);
    await rests();
    expect(model.wrong.value).toBe("broken");
    expect(model.sheet.value).toBeNull();
  });

  it("gives no more time to what asks for one file of ours after the other", async () => {
    const { model, clock, rests } = shown();
    await rests();
    model.go(GREEDY_PAGE);
    await clock.until(() => model.wrong.value !== null, DRAWING + 1000);
    expect(model.wrong.value).toBe("too_slow");
    model.go(1);
    await rests();
    expect(model.sheet.value).not.toBeNull();
  });

  it("opens nothing by its name", async () => {
    const { model, rests } = shown(bytes("<svg xmlns='http://www.w3.org/2000/svg'/>"));
    await rests();
    expect([model.state.value, model.wrong.value]).toEqual(["failed", "kind"]);
    expect(mayBeShown("Scan.PDF")).toBe(true);
    expect(mayBeShown("scan.pdf.exe")).toBe(false);
    expect(kindOf(bytes("\ufeff%PDF-1.7"))).toBeNull();
  });

  it("fetches nothing of what is too large", async () => {
    const { model, rests } = shown({
      length: MOST_FILE + 1,
      read: () => expect.fail("it was read"),
    });
    await rests();
    expect(model.wrong.value).toBe("too_large");
  });

  it("says what was changed on its way, and what did not come", async () => {
    const changed = shown({ read: () => Promise.reject(new SealError("altered")) });
    await changed.rests();
    expect(changed.model.wrong.value).toBe("forged");
    let there = false;
    const gone = shown({
      read: () => (there ? Promise.resolve(bytes("%PDF-1")) : Promise.reject(new TypeError())),
    });
    await gone.rests();
    expect([gone.model.state.value, gone.model.wrong.value]).toEqual(["failed", "gone"]);
    there = true;
    gone.model.retry();
    await gone.clock.until(() => gone.model.sheet.value !== null);
    expect(gone.model.wrong.value).toBeNull();
  });
});

describe("how large a page is", () => {
  const [page, frame] = [
    { width: 600, height: 800 },
    { width: 300, height: 200 },
  ];

  it("fits all of it, or its width", () => {
    expect(scaleOf("page", page, frame)).toBe(0.25);
    expect(scaleOf("width", page, frame)).toBe(0.5);
    expect(scaleOf(1, page, frame)).toBe(1);
    expect(scaleOf("page", page, { width: 0, height: 0 })).toBe(1);
    expect(scaleOf("page", { width: 1, height: 1 }, frame)).toBe(8);
  });

  it("changes by steps that end", () => {
    expect(stepped(1, true)).toBe(1.25);
    expect(stepped(1, false)).toBe(0.8);
    expect(stepped(8, true)).toBe(8);
    expect(stepped(0.1, false)).toBe(0.1);
  });
});
