import { describe, expect, it } from "vitest";
import { type ChosenFile, createLibrary, SCOPE } from "../../src/features/medicines/library.ts";
import { LIMITS } from "../../src/features/medicines/limits.ts";
import type { Vaults } from "../../src/features/ports.ts";
import { memoryVaults } from "../../src/platform/vaults.ts";
import { COMPOSITIONS, file, SPECIALITIES } from "./published.ts";

const NOW = Date.UTC(2026, 7, 3);
const clock = {
  now: () => NOW,
  after: (_: number, act: () => void) => {
    queueMicrotask(act);
    return () => undefined;
  },
};
const chosen = (name: string, rows: Parameters<typeof file>[1]): ChosenFile => {
  const { bytes } = file(name, rows);
  return { name, size: bytes.length, read: async () => bytes };
};
const BOTH = [chosen("CIS_bdpm.txt", SPECIALITIES), chosen("CIS_COMPO_bdpm.txt", COMPOSITIONS)];
const opened = async (vaults: Vaults) => {
  const library = createLibrary({ clock, vaults });
  while (library.shelf.peek().kind === "opening") await Promise.resolve();
  return library;
};

describe("the list of medicines", () => {
  it("is there again the next time", async () => {
    const vaults = memoryVaults();
    const first = await opened(vaults);
    expect(first.shelf.peek()).toEqual({ kind: "empty" });
    await first.take(BOTH);
    const next = await opened(vaults);
    expect(next.shelf.peek()).toEqual({ kind: "ready", count: 5, loaded: NOW });
    expect(next.find("amox")).toEqual(first.find("amox"));
    await next.forget();
    expect(next.find("amox")).toEqual([]);
    expect((await opened(vaults)).shelf.peek()).toEqual({ kind: "empty" });
  });

  it("stays as it was where the next files are refused", async () => {
    const library = await opened(memoryVaults());
    await library.take(BOTH);
    await library.take([chosen("lettre.txt", [["Bonjour"]])]);
    expect(library.refusal.peek()).toEqual({ key: "not_bdpm", name: "lettre.txt" });
    expect(library.find("amox")).toHaveLength(1);
    await library.take(BOTH);
    expect(library.refusal.peek()).toBeNull();
  });

  it("does not read a file that is too large, and says when one cannot be read", async () => {
    const library = await opened(memoryVaults());
    let read = 0;
    const bytes = async (): Promise<Uint8Array> => {
      read += 1;
      throw new Error("gone");
    };
    await library.take([{ name: "large", size: LIMITS.bytes + 1, read: bytes }]);
    expect(library.refusal.peek()).toEqual({ key: "large", name: "large" });
    expect(read).toBe(0);
    await library.take([{ name: "gone", size: 1, read: bytes }]);
    expect(library.refusal.peek()).toEqual({ key: "unread" });
    expect(library.shelf.peek()).toEqual({ kind: "empty" });
  });

  it("serves until the page closes where the browser keeps nothing", async () => {
    const vaults = memoryVaults();
    const full: Vaults = { ...vaults, open: () => Promise.reject(new Error("quota")) };
    const library = await opened(full);
    await library.take(BOTH);
    expect(library.refusal.peek()).toEqual({ key: "unkept" });
    expect(library.find("amox")).toHaveLength(1);
  });

  it("takes what is kept in another form for nothing", async () => {
    const vaults = memoryVaults();
    const vault = await vaults.open(SCOPE);
    await vault.save("list", new TextEncoder().encode('{"v":2'));
    expect((await opened(vaults)).shelf.peek()).toEqual({ kind: "empty" });
  });
});
