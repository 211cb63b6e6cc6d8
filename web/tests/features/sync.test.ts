import { describe, expect, it } from "vitest";
import {
  type Base,
  type Content,
  type SharedRecords,
  Sync,
} from "../../src/features/vault/sync.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { mergeRecords, type VaultRecord } from "../../src/sealing/vault.ts";

const idOf = (name: string): string => b64u(new Uint8Array(16).fill(name.charCodeAt(0)));

/** A vault in memory, which merges as the real one does. */
class Shared implements SharedRecords {
  records: readonly VaultRecord[] = [];
  down = false;
  writes = 0;
  /** Called once, between a device's reading and its writing. */
  meanwhile: (() => void) | undefined;

  async read() {
    if (this.down) throw new TypeError("network");
    return this.records;
  }

  async change(make: (records: readonly VaultRecord[]) => readonly VaultRecord[]) {
    if (this.down) throw new TypeError("network");
    make(this.records);
    this.meanwhile?.();
    this.meanwhile = undefined;
    this.records = mergeRecords(this.records, make(this.records));
    this.writes += 1;
  }
}

class Device {
  readonly kept = new Map<string, Content>();
  base: Base = {};
  readonly sync: Sync;

  constructor(vault: Shared) {
    this.sync = new Sync({
      vault,
      own: {
        merges: () => false,
        list: async () => new Map(this.kept),
        apply: async ({ id, kind, data }) => {
          if (kind === "unknown") return;
          if (data === null) this.kept.delete(id);
          else this.kept.set(id, { kind, data });
        },
      },
      loadBase: async () => this.base,
      saveBase: async (base) => {
        this.base = base;
      },
    });
  }

  put(name: string, data: string): void {
    this.kept.set(idOf(name), { kind: "note", data });
  }

  get(name: string): string | null | undefined {
    return this.kept.get(idOf(name))?.data;
  }

  erase(name: string): void {
    this.kept.delete(idOf(name));
  }
}

function two() {
  const vault = new Shared();
  return { vault, laptop: new Device(vault), phone: new Device(vault) };
}

describe("two devices and a vault", () => {
  it("have what either wrote, and write nothing where nothing changed", async () => {
    const { vault, laptop, phone } = two();
    laptop.put("a", "1");
    phone.put("b", "2");
    await laptop.sync.run();
    await phone.sync.run();
    await laptop.sync.run();
    for (const device of [laptop, phone])
      expect([device.get("a"), device.get("b")]).toEqual(["1", "2"]);
    expect(vault.writes).toBe(2);
    for (const device of [laptop, phone]) await device.sync.run();
    expect(vault.writes).toBe(2);
  });

  it("see changes and erasures of each other", async () => {
    const { laptop, phone } = two();
    laptop.put("a", "1");
    laptop.put("b", "1");
    await laptop.sync.run();
    await phone.sync.run();
    phone.put("a", "2");
    phone.erase("b");
    await phone.sync.run();
    await laptop.sync.run();
    expect([laptop.get("a"), laptop.get("b")]).toEqual(["2", undefined]);
    laptop.put("b", "3");
    await laptop.sync.run();
    await phone.sync.run();
    expect(phone.get("b")).toBe("3");
  });

  it("keep what was changed while the vault was out of reach", async () => {
    const { vault, laptop, phone } = two();
    laptop.put("a", "1");
    await laptop.sync.run();
    vault.down = true;
    laptop.put("a", "2");
    await expect(laptop.sync.run()).rejects.toThrow("network");
    vault.down = false;
    await laptop.sync.run();
    await phone.sync.run();
    expect(phone.get("a")).toBe("2");
  });

  it("of two changes keep the one that came last", async () => {
    const { laptop, phone } = two();
    laptop.put("a", "1");
    await laptop.sync.run();
    await phone.sync.run();
    laptop.put("a", "laptop");
    phone.put("a", "phone");
    await laptop.sync.run();
    await phone.sync.run();
    await laptop.sync.run();
    expect([laptop.get("a"), phone.get("a")]).toEqual(["phone", "phone"]);
  });

  it("lose nothing where both write at once", async () => {
    const { vault, laptop, phone } = two();
    laptop.put("a", "1");
    phone.put("b", "2");
    vault.meanwhile = () => {
      vault.records = [{ id: idOf("b"), n: 1, kind: "note", data: "2" }];
    };
    await laptop.sync.run();
    await laptop.sync.run();
    await phone.sync.run();
    for (const device of [laptop, phone])
      expect([device.get("a"), device.get("b")]).toEqual(["1", "2"]);
  });

  it("leave records alone whose kind they do not know", async () => {
    const { vault, laptop } = two();
    const strange = { id: idOf("z"), n: 4, kind: "unknown", data: "?" };
    vault.records = [strange];
    laptop.put("a", "1");
    await laptop.sync.run();
    laptop.put("a", "2");
    await laptop.sync.run();
    await laptop.sync.run();
    expect(vault.records.find(({ id }) => id === strange.id)).toEqual(strange);
    expect(vault.writes).toBe(2);
  });

  it("take along what changes while they are brought in step", async () => {
    const { vault, laptop } = two();
    laptop.put("a", "1");
    const first = laptop.sync.run();
    laptop.put("a", "2");
    await Promise.all([first, laptop.sync.run()]);
    expect(vault.records[0]?.data).toBe("2");
  });
});
