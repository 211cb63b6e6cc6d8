import { describe, expect, it } from "vitest";
import type { Vault } from "../../src/features/ports.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { RoomConnection } from "../../src/features/rooms/connection.ts";
import { registerVouchers } from "../../src/features/rooms/vouchers.ts";
import { changed, SharedVault } from "../../src/features/vault/shared.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { vaultKey } from "../../src/sealing/vault.ts";
import { settle } from "./world/clock.ts";
import { Browser, World } from "./world/world.ts";

const KEY = vaultKey(new Uint8Array(32).fill(7));
const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const OTHER = "BAAAAAAAAAAAAAAAAAAAAA";
const PLACE = b64u(KEY.place);

interface Device {
  readonly vault: SharedVault;
  readonly rest: Vault;
  /** Sizes that were asked to be paid. */
  readonly paid: number[];
}

/** A device of one person, with what it keeps. */
async function device(world: World, rest?: Vault): Promise<Device> {
  const { random, clock, http, registry } = world;
  const origin = "http://localhost:8480";
  const api = new Api({ http, clock, random, origin });
  const rooms = new RoomConnection({ clock, random, dial: world.relay.dial, origin });
  const paid: number[] = [];
  const own = rest ?? (await new Browser().vaults().open("vault"));
  const vault = new SharedVault({
    platform: world,
    api,
    rooms,
    rest: own,
    name: "vault",
    key: KEY,
    server: registry.server.publicKey,
    pay: async (bytes) => {
      paid.push(bytes);
      const by = { api, random, device: seedSigner(new Uint8Array(32).fill(9)) };
      const [made] = await registerVouchers(by, [bytes], 1_900_000_000);
      return { voucher: made?.voucher ?? new Uint8Array() };
    },
  });
  return { vault, rest: own, paid };
}

const put = (vault: SharedVault, id: string, data: string | null) =>
  vault.change((records) => [changed(records, { id, kind: "k", data })]);

const dataOf = ({ vault }: Device) => vault.records.value.map(({ id, data }) => [id, data]);

describe("a vault", () => {
  it("is made, changed and found again on another device", async () => {
    const world = new World();
    const [one, two] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    await put(one.vault, OTHER, "b");
    await two.vault.open();
    expect(dataOf(two)).toEqual([
      [ID, "a"],
      [OTHER, "b"],
    ]);
    expect(two.vault.problem.value).toBeNull();
    expect(one.paid.length).toBe(3);
    expect(world.blobs.size).toBe(1);
  });

  it("is made once, though the answer was lost", async () => {
    const world = new World();
    const [one, again] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    await again.vault.create([{ id: ID, n: 1, kind: "k", data: "b" }]);
    expect(dataOf(again)).toEqual([[ID, "a"]]);
  });

  it("takes up what another device wrote at the same moment", async () => {
    const world = new World();
    const [one, two] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    await two.vault.open();
    let raced = false;
    world.cells.before = async () => {
      if (raced) return;
      raced = true;
      await put(two.vault, OTHER, "two");
    };
    await put(one.vault, ID, "one");
    expect(dataOf(one)).toEqual([
      [ID, "one"],
      [OTHER, "two"],
    ]);
    expect(world.blobs.size).toBe(1);
  });

  it("asks for another voucher where one is good for nothing", async () => {
    const world = new World();
    const one = await device(world);
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    const asked = one.paid.length;
    const { spend } = world.vouchers;
    let first = true;
    world.vouchers.spend = (...given) => {
      if (!first || !given[2].has("voucher")) return spend.call(world.vouchers, ...given);
      first = false;
      return "bad_voucher";
    };
    await put(one.vault, ID, "b");
    expect(dataOf(one)).toEqual([[ID, "b"]]);
    expect(one.paid.length).toBe(asked + 2);
  });

  it("follows what others write", async () => {
    const world = new World();
    const [one, two] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    two.vault.start();
    await settle();
    await put(one.vault, ID, null);
    await settle();
    expect(dataOf(two)).toEqual([[ID, null]]);
    two.vault.close();
  });

  it("says when the server shows an older state, or another history", async () => {
    const world = new World();
    const [one, two] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    const [back, blobs] = [world.cells.remember(PLACE), [...world.blobs]];
    await put(one.vault, ID, "b");
    const later = await device(world, one.rest);
    back();
    for (const [id, bytes] of blobs) world.blobs.set(id, bytes);
    await expect(later.vault.open()).rejects.toMatchObject({ code: "rolled_back" });
    expect(later.vault.problem.value).toBe("rolled_back");
    expect(dataOf(later)).toEqual([[ID, "b"]]);
    await put(two.vault, ID, "c");
    await expect(later.vault.open()).rejects.toMatchObject({ code: "forked" });
  });

  it("refuses a page that is not the head's", async () => {
    const world = new World();
    const [one, two] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    const [[blob = "", bytes = new Uint8Array()] = []] = world.blobs;
    world.blobs.set(
      blob,
      bytes.map((byte) => byte ^ 1),
    );
    await expect(two.vault.open()).rejects.toMatchObject({ code: "altered" });
  });

  it("shows what it knew while the server is out of reach", async () => {
    const world = new World();
    const one = await device(world);
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    const later = await device(world, one.rest);
    world.relay.down = true;
    const opening = expect(later.vault.open()).rejects.toThrow();
    await world.clock.advance(10_000);
    await opening;
    expect(later.vault.problem.value).toBe("offline");
    expect(dataOf(later)).toEqual([[ID, "a"]]);
  });

  it("moves, and takes no change after that", async () => {
    const world = new World();
    const [one, two] = [await device(world), await device(world)];
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    await two.vault.open();
    const letter = new Uint8Array(5_000).fill(3);
    await one.vault.move(letter);
    await two.vault.open();
    expect(two.vault.moved.value?.letter).toEqual(letter);
    expect(dataOf(two)).toEqual([[ID, "a"]]);
    await expect(put(two.vault, ID, "b")).rejects.toMatchObject({ code: "cell_closed" });
  });

  it("is erased, with all that is at the server", async () => {
    const world = new World();
    const one = await device(world);
    await one.vault.create([{ id: ID, n: 1, kind: "k", data: "a" }]);
    await one.vault.erase();
    expect([world.blobs.size, world.cells.cells.size]).toEqual([0, 0]);
    await expect(one.vault.open()).rejects.toMatchObject({ code: "not_found" });
  });
});
