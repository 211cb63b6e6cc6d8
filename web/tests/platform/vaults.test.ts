import "fake-indexeddb/auto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { openDB } from "idb";
import { describe, expect, it, vi } from "vitest";
import type { Vaults } from "../../src/features/ports.ts";
import { memoryVaults, openVaults } from "../../src/platform/vaults.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function everythingAtRest(): Promise<string> {
  const database = await openDB("aparte");
  const rows = await database.getAll("secrets");
  database.close();
  return rows
    .flatMap((row: { sealed?: ArrayBuffer; key?: { sealed?: ArrayBuffer } }) => [
      row.sealed,
      row.key?.sealed,
    ])
    .filter((sealed) => sealed !== undefined)
    .map((sealed) => Buffer.from(sealed).toString("latin1"))
    .join("\n");
}

describe.each<[string, () => Promise<Vaults>]>([
  ["in the browser's database", openVaults],
  ["in memory", async () => memoryVaults()],
])("a vault %s", (_, open) => {
  it("gives back what it keeps, scope by scope", async () => {
    const vaults = await open();
    const one = await vaults.open("one");
    const other = await vaults.open("other");
    await one.save("a", text("first"));
    await one.save("b", text("second"));
    await other.save("a", text("elsewhere"));
    expect(await one.load("a")).toEqual(text("first"));
    expect([...(await one.names())].sort()).toEqual(["a", "b"]);
    expect([...(await vaults.scopes())].sort()).toEqual(["one", "other"]);
    await one.erase("a");
    expect(await one.load("a")).toBeUndefined();
    await vaults.erase("one");
    expect(await vaults.look("one").names()).toEqual([]);
    expect(await other.load("a")).toEqual(text("elsewhere"));
    await vaults.erase("other");
  });

  it("keeps keys that sign and do not show themselves", async () => {
    const vaults = await open();
    const vault = await vaults.open("keys");
    expect(await vault.signer("guest")).toBeUndefined();
    const made = await vault.makeSigner("guest");
    const again = await vault.signer("guest");
    expect(again?.publicKey).toEqual(made.publicKey);
    const message = text("signed");
    const signature = await again?.sign(message);
    expect(ed25519.verify(signature ?? new Uint8Array(64), message, made.publicKey)).toBe(true);
    expect(await vault.names()).toEqual([]);
  });

  it("takes a seed in as a key", async () => {
    const vaults = await open();
    const seed = new Uint8Array(32).fill(7);
    const signer = await (await vaults.open("keys")).keepSigner("device", seed);
    expect(signer.publicKey).toEqual(ed25519.getPublicKey(seed));
    expect(await signer.sign(text("x"))).toEqual(ed25519.sign(text("x"), seed));
  });
});

describe("the browser's database", () => {
  it("holds ciphertext alone, under a key that cannot be read out", async () => {
    const vault = await (await openVaults()).open("canary");
    await vault.save("secret", text("a-marker-in-clear"));
    await vault.keepSigner("key", text("another-marker-32-bytes-long-..."));
    const rest = await everythingAtRest();
    expect(rest.length).toBeGreaterThan(0);
    expect(rest).not.toContain("marker");
    const database = await openDB("aparte");
    const wrapping: CryptoKey = await database.get("wrapping", "1");
    database.close();
    expect(wrapping.extractable).toBe(false);
  });

  it("lets only the page that opened a scope last write to it", async () => {
    const [older, newer] = [await openVaults(), await openVaults()];
    const first = await older.open("fenced");
    await first.save("state", text("1"));
    const second = await newer.open("fenced");
    await expect(first.save("state", text("2"))).rejects.toMatchObject({ name: "TakenOver" });
    await expect(older.look("fenced").erase("state")).rejects.toMatchObject({ name: "TakenOver" });
    expect(await second.load("state")).toEqual(text("1"));
    await second.save("state", text("3"));
    expect(await first.load("state")).toEqual(text("3"));
  });

  it("keeps a wrapped seed where WebCrypto has no Ed25519", async () => {
    const { subtle } = crypto;
    const refuse = async (): Promise<never> => {
      throw new DOMException("no such algorithm", "NotSupportedError");
    };
    const vault = await (await openVaults()).open("old-browser");
    const spies = [
      vi.spyOn(subtle, "generateKey").mockImplementation(refuse),
      vi.spyOn(subtle, "importKey").mockImplementation(refuse),
    ];
    try {
      const made = await vault.makeSigner("guest");
      const again = await vault.signer("guest");
      const signature = (await again?.sign(text("m"))) ?? new Uint8Array(64);
      expect(ed25519.verify(signature, text("m"), made.publicKey)).toBe(true);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });

  it("gives way to memory where the browser keeps nothing", async () => {
    const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("private window", "SecurityError");
    });
    try {
      const vaults = await openVaults();
      expect(vaults.lasting).toBe(false);
      const vault = await vaults.open("room");
      await vault.save("a", text("kept while the page lives"));
      expect(await vault.load("a")).toBeDefined();
    } finally {
      open.mockRestore();
    }
  });
});
