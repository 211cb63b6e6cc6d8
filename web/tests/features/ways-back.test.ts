import { describe, expect, it } from "vitest";
import { secretInLink, sheetLink, takeSheet } from "../../src/features/recovery/sheet.ts";
import {
  createWaysBack,
  type SheetMaking,
  type WaysBackModel,
  type WaysBackNeeds,
} from "../../src/features/recovery/ways-back.ts";
import { allWordLists } from "../../src/features/recovery/words.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import type { Held } from "../../src/sealing/ring.ts";
import { readSheetWords } from "../../src/sealing/words.ts";
import { FakeClock } from "./world/clock.ts";

const PAGE = "https://aparte.example/desk/";
const held = (kind: Held["kind"], fill: number): Held => ({
  kind,
  secret: new Uint8Array(kind === "sheet" ? 16 : 32).fill(fill),
  label: `${kind} ${fill}`,
  made: "2026-03-01T09:30:00Z",
});
const [SHEET, PASSKEY, SECOND] = [held("sheet", 1), held("passkey", 2), held("sheet", 3)];

/** A device with what it keeps, and the ring that a test looks at. */
class Device {
  readonly rest = new Map<string, Uint8Array>();
  readonly kept: { means: readonly Held[]; out: readonly Held[] }[] = [];
  refusing = false;
  declining = false;
  locks: readonly Uint8Array[] = [];
  #drawn = 0;

  open(means: readonly Held[] = []): Promise<WaysBackModel> {
    const needs: WaysBackNeeds = {
      clock: new FakeClock(),
      random: (n) => {
        this.#drawn += 1;
        return new Uint8Array(n).map((_, at) => this.#drawn * 31 + at * 7);
      },
      passkeys: {
        available: async () => true,
        make: async () => {
          if (this.declining) throw new Error("NotAllowedError");
          return { id: new Uint8Array(8).fill(5), secret: new Uint8Array(32).fill(6) };
        },
        secret: async () => new Uint8Array(32),
      },
      vault: {
        load: async (name) => this.rest.get(name),
        save: async (name, bytes) => void this.rest.set(name, bytes),
        erase: async (name) => void this.rest.delete(name),
      },
      held: means,
      page: PAGE,
      locks: this.locks,
      keep: async (kept, out) => {
        if (this.refusing) throw new ProtocolError("storage_failed");
        this.kept.push({ means: kept, out });
      },
    };
    return createWaysBack(needs);
  }
}

function sheetOf(model: WaysBackModel): SheetMaking {
  const making = model.making.value;
  if (making?.kind !== "sheet") throw new Error("no sheet is being made");
  return making;
}

async function makeSheet(model: WaysBackModel, label: string, replaces?: string): Promise<string> {
  await model.start("sheet", label, "fr", replaces);
  const { words, asked } = sheetOf(model);
  model.printed();
  await model.check(asked.map((place) => words[place - 1] ?? ""));
  return words.join(" ");
}

describe("ways back", () => {
  it("count together, once two are finished", async () => {
    const device = new Device();
    const model = await device.open();
    await makeSheet(model, "Feuille 1");
    await model.finish();
    expect(device.kept).toEqual([]);
    await model.start("passkey", "Passkey", "fr");
    await model.makePasskey();
    expect(model.enough.value).toBe(true);
    expect(device.kept).toEqual([]);
    await model.finish();
    expect(model.state.value).toBe("done");
    const [{ means, out } = { means: [], out: [] }] = device.kept;
    expect(means.map(({ kind, label }) => [kind, label])).toEqual([
      ["sheet", "Feuille 1"],
      ["passkey", "Passkey"],
    ]);
    expect(out).toEqual([]);
    expect(device.rest.size).toBe(0);
  });

  it("have words and a link with the same secret", async () => {
    const device = new Device();
    const model = await device.open();
    await model.start("sheet", "Feuille 1", "en");
    const { words, link } = sheetOf(model);
    const secret = readSheetWords(words.join(" "), await allWordLists());
    expect(link).toBe(sheetLink(PAGE, secret));
    expect(secretInLink(link)).toEqual(secret);
  });

  it("do not take a sheet whose words were not copied from it", async () => {
    const model = await new Device().open();
    await model.start("sheet", "Feuille 1", "fr");
    model.printed();
    const { words, asked } = sheetOf(model);
    const [first = 1, second = 2] = asked;
    expect(first).toBeLessThan(second);
    await model.check([words[first - 1] ?? "", ""]);
    expect(sheetOf(model).wrong).toEqual([second]);
    await model.check([`${words[first - 1]?.toUpperCase()} `, words[second - 1] ?? ""]);
    expect(model.ways.value.length).toBe(1);
  });

  it("are there again after the page was closed, a half made sheet too", async () => {
    const device = new Device();
    const model = await device.open();
    await makeSheet(model, "Feuille 1");
    await model.start("sheet", "", "fr");
    model.setLabel("Chez ma sœur");
    model.printed();
    const { words, asked } = sheetOf(model);
    const again = await device.open();
    expect(again.ways.value.map(({ label }) => label)).toEqual(["Feuille 1"]);
    expect(sheetOf(again)).toMatchObject({ stage: "check", label: "Chez ma sœur", words, asked });
    await again.check(asked.map((place) => words[place - 1] ?? ""));
    await again.finish();
    expect(device.kept[0]?.means.length).toBe(2);
  });

  it("may be left, and nothing of it stays", async () => {
    const device = new Device();
    const model = await device.open();
    await model.start("sheet", "Feuille 1", "fr");
    await model.cancel();
    expect(model.making.value).toBeNull();
    expect((await device.open()).making.value).toBeNull();
  });

  it("say so when the person declines a passkey, and refuse the one of the lock", async () => {
    const device = new Device();
    device.declining = true;
    device.locks = [new Uint8Array(8).fill(5)];
    const model = await device.open();
    await model.start("passkey", "Passkey", "fr");
    await model.makePasskey();
    expect(model.making.value).toMatchObject({ refused: "declined" });
    device.declining = false;
    await model.makePasskey();
    expect(model.making.value).toMatchObject({ refused: "same" });
    expect(model.ways.value).toEqual([]);
  });
});

describe("ways back that are kept", () => {
  it("are replaced in their place, and the old one is taken out", async () => {
    const device = new Device();
    const model = await device.open([SHEET, PASSKEY, SECOND]);
    await makeSheet(model, "Neuve", model.ways.value[0]?.id);
    const [{ means, out } = { means: [], out: [] }] = device.kept;
    expect(means.map(({ label }) => label)).toEqual(["Neuve", PASSKEY.label, SECOND.label]);
    expect(out).toEqual([SHEET]);
  });

  it("are removed, but never below two", async () => {
    const device = new Device();
    const model = await device.open([SHEET, PASSKEY, SECOND]);
    await model.remove(model.ways.value[1]?.id ?? "");
    expect(device.kept).toEqual([{ means: [SHEET, SECOND], out: [PASSKEY] }]);
    await model.remove(model.ways.value[0]?.id ?? "");
    expect(device.kept.length).toBe(1);
  });

  it("are tried again where the server could not store them", async () => {
    const device = new Device();
    const model = await device.open([SHEET, PASSKEY]);
    device.refusing = true;
    await makeSheet(model, "Neuve", model.ways.value[0]?.id);
    expect(model.problem.value?.key).toBe("storage_failed");
    device.refusing = false;
    const again = await device.open([SHEET, PASSKEY]);
    expect(again.problem.value).toBeNull();
    expect(device.kept[0]?.out).toEqual([SHEET]);
    expect(device.rest.size).toBe(0);
  });

  it("forget what was half done once another device has changed them", async () => {
    const device = new Device();
    const model = await device.open([SHEET, PASSKEY]);
    device.refusing = true;
    await makeSheet(model, "Neuve");
    device.refusing = false;
    const again = await device.open([SHEET, PASSKEY, SECOND]);
    expect(again.ways.value.length).toBe(3);
    expect(device.kept).toEqual([]);
    expect(device.rest.size).toBe(0);
  });
});

describe("a sheet's link", () => {
  const secret = new Uint8Array(16).fill(7);
  const address = (fragment: string) => {
    let cleared = false;
    const found = takeSheet({
      origin: "https://aparte.example",
      fragment: () => fragment,
      clearFragment: () => {
        cleared = true;
      },
    });
    return { found, cleared };
  };

  it("is taken out of the address bar", () => {
    const fragment = sheetLink(PAGE, secret).split("#")[1] ?? "";
    expect(address(fragment)).toEqual({ found: secret, cleared: true });
    expect(address("add=1.x.y")).toEqual({ found: undefined, cleared: false });
  });

  it.each([
    "sheet=1.short",
    "sheet=2.BwcHBwcHBwcHBwcHBwcHBw",
    "sheet=1.BwcHBwcHBwcHBwcHBwcHBx",
    "",
  ])("is none: %s", (text) => expect(secretInLink(text)).toBeUndefined());
});
