/** What the canvases of one page of a PDF may take together. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MOST_DRAWN, MOST_LIVING } from "../../src/features/viewing/limits.ts";
import { beginPage, Canvases } from "../../src/features/viewing/pdf/canvases.ts";

/** Node has none; only its size counts here. */
class Bare {
  width: number;
  height: number;
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }
  getContext = () => ({ drawImage: () => undefined });
}

const had = Reflect.get(globalThis, "OffscreenCanvas");
beforeAll(() => void Reflect.set(globalThis, "OffscreenCanvas", Bare));
afterAll(() => void Reflect.set(globalThis, "OffscreenCanvas", had));
beforeEach(beginPage);

const SIDE = Math.sqrt(MOST_DRAWN);
const MOST = MOST_LIVING / MOST_DRAWN;
const many = (canvases: Canvases, count: number) =>
  Array.from({ length: count }, () => canvases.create(SIDE, SIDE));

describe("the canvases of a page", () => {
  it("are refused where groups lie in groups without an end", () => {
    const canvases = new Canvases();
    many(canvases, MOST);
    expect(() => new Canvases().create(1, 1)).toThrow("too many canvases");
    beginPage();
    many(canvases, MOST);
  });

  it("count no more once they are given back, and as large as they have become", () => {
    const canvases = new Canvases();
    for (let n = 0; n < 3 * MOST; n += 1) canvases.destroy(canvases.create(SIDE, SIDE));
    const [last] = many(canvases, MOST);
    if (!last) expect.fail();
    canvases.reset(last, 10, 10);
    canvases.create(SIDE, SIDE - 10);
    expect(() => canvases.reset(last, SIDE, SIDE)).toThrow("too many canvases");
  });
});
