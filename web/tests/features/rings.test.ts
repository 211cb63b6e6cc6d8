import { describe, expect, it } from "vitest";
import { createRings, type Rings } from "../../src/features/recovery/rings.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { putCell } from "../../src/features/rooms/cells.ts";
import { registerVouchers } from "../../src/features/rooms/vouchers.ts";
import { NOBODY } from "../../src/sealing/cell.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { type Held, placeOf, type Ring, readerOf, sealRing } from "../../src/sealing/ring.ts";
import { World } from "./world/world.ts";

const MADE = "2026-03-01T09:30:00Z";
const held = (kind: Held["kind"], fill: number): Held => ({
  kind,
  secret: new Uint8Array(kind === "sheet" ? 16 : 32).fill(fill),
  label: "",
  made: MADE,
});
const [SHEET, PASSKEY, SECOND, LAPTOP, PHONE] = [
  held("sheet", 1),
  held("passkey", 2),
  held("sheet", 3),
  held("device", 4),
  held("device", 5),
];
const RING: Ring = {
  root: new Uint8Array(32).fill(8),
  vault: new Uint8Array(32).fill(9),
  held: [SHEET, PASSKEY, SECOND, LAPTOP, PHONE],
};

type Cut = { before: number; after: number };

/** The rings as one device sees them, which keeps what it has seen. */
function device(world: World, kept = new Map<string, Uint8Array>(), cut?: Cut): Rings {
  const { random, clock, http } = world;
  let writes = 0;
  const cutting: typeof http = async (request) => {
    const write = request.method === "PUT";
    writes += write ? 1 : 0;
    if (write && writes === cut?.before) throw new TypeError("network");
    const answer = await http(request);
    if (write && writes === cut?.after) throw new TypeError("network");
    return answer;
  };
  // No second attempt by the same page: it was closed.
  const impatient = { now: clock.now, after: () => () => undefined };
  const origin = "http://localhost:8480";
  const api = new Api({ http: cutting, clock: cut ? impatient : clock, random, origin });
  return createRings({
    api,
    random,
    voucher: async (bytes) => {
      const by = {
        api: new Api({ http, clock, random, origin }),
        random,
        device: seedSigner(new Uint8Array(32).fill(9)),
      };
      const [made] = await registerVouchers(by, [bytes], 1_900_000_000);
      return made?.voucher ?? new Uint8Array();
    },
    kept: {
      load: async (name) => kept.get(name),
      save: async (name, bytes) => void kept.set(name, bytes),
    },
  });
}

const refused = (code: string) => expect.objectContaining({ code });

describe("rings at the server", () => {
  it("open with any two means, and with a means and a device", async () => {
    const world = new World();
    await device(world).write(RING);
    for (const one of RING.held.filter(({ kind }) => kind !== "device")) {
      for (const other of RING.held.filter((each) => each !== one)) {
        expect(await device(world).open(one, other)).toEqual(RING);
      }
    }
  });

  it("open with nothing else", async () => {
    const world = new World();
    await device(world).write(RING);
    const rings = device(world);
    await expect(rings.open(LAPTOP, PHONE)).rejects.toEqual(refused("bad_form"));
    await expect(rings.open(SHEET, SHEET)).rejects.toEqual(refused("cannot_open"));
    await expect(rings.open(SHEET, held("passkey", 7))).rejects.toEqual(refused("cannot_open"));
    await expect(rings.open(held("sheet", 7), LAPTOP)).rejects.toEqual(refused("not_found"));
  });

  it("close to a means that was taken out", async () => {
    const world = new World();
    const kept = new Map<string, Uint8Array>();
    await device(world, kept).write(RING);
    const after = { ...RING, held: [held("sheet", 6), ...RING.held.slice(1)] };
    await device(world, kept).write(after, [SHEET]);
    await expect(device(world).open(SHEET, LAPTOP)).rejects.toEqual(refused("revoked"));
    await expect(device(world).open(PASSKEY, SHEET)).rejects.toEqual(refused("cannot_open"));
    expect(await device(world).open(PASSKEY, PHONE)).toEqual(after);
  });

  it("tell the slower of two devices, which then makes its change anew", async () => {
    const world = new World();
    const [one, other] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()];
    await device(world, one).write(RING);
    await device(world, other).open(SHEET, PASSKEY);
    const changed = { ...RING, held: RING.held.slice(0, -1) };
    await device(world, one).write(changed);
    const late = { ...RING, vault: new Uint8Array(32).fill(7) };
    await expect(device(world, other).write(late)).rejects.toEqual(refused("stale_version"));
    expect(await device(world, other).open(SHEET, LAPTOP)).toEqual(changed);
    await device(world, other).write({ ...changed, vault: late.vault });
    expect((await device(world).open(SECOND, LAPTOP)).vault).toEqual(late.vault);
  });

  it("that are older than what was seen are refused, and those from before a closed cell", async () => {
    const world = new World();
    const kept = new Map<string, Uint8Array>();
    await device(world, kept).write(RING);
    const back = world.cells.remember(b64u(placeOf(PASSKEY)));
    const after = { ...RING, held: [held("sheet", 6), ...RING.held.slice(1)] };
    await device(world, kept).write(after, [SHEET]);
    back();
    const seen = device(world, kept).open(PASSKEY, PHONE);
    await expect(seen).rejects.toEqual(expect.objectContaining({ name: "SealError" }));
    // Nothing was kept here: the closed cell of the sheet gives it away.
    await expect(device(world).open(PASSKEY, PHONE)).rejects.toEqual(refused("rolled_back"));
  });

  it("of another history are refused by who has seen one", async () => {
    const [world, other] = [new World(), new World()];
    const kept = new Map<string, Uint8Array>();
    await device(world, kept).write(RING);
    await device(other).write({ ...RING, vault: new Uint8Array(32).fill(7) });
    await expect(device(other, kept).open(SHEET, LAPTOP)).rejects.toEqual(refused("forked"));
  });

  it("are refused in a cell that the server has put in their place", async () => {
    const world = new World();
    const { random, clock, http, registry } = world;
    const api = new Api({ http, clock, random, origin: "http://localhost:8480" });
    const owner = seedSigner(new Uint8Array(32).fill(6));
    const by = { api, random, device: seedSigner(new Uint8Array(32).fill(9)) };
    const [paid] = await registerVouchers(by, [4096], 1_900_000_000);
    const read = readerOf(SHEET).publicKey;
    await putCell(api, registry.server.publicKey, {
      owner,
      keys: { id: placeOf(SHEET), owner: owner.publicKey, read, claim: NOBODY },
      before: { version: 0, hash: NOBODY },
      value: sealRing(RING, SHEET, random),
      voucher: paid?.voucher ?? new Uint8Array(),
    });
    await expect(device(world).open(SHEET, LAPTOP)).rejects.toEqual(refused("forked"));
  });
});

describe("a page that is closed while it writes", () => {
  const cuts = [1, 2, 3, 4].flatMap((at) => [
    { before: at, after: 0 },
    { before: 0, after: at },
  ]);
  it.each(cuts)("goes on where it was: $before, $after", async (cut) => {
    const world = new World();
    const kept = new Map<string, Uint8Array>();
    await device(world, kept).write(RING);
    const after = { ...RING, held: [held("sheet", 6), ...RING.held.slice(1)] };
    void device(world, kept, cut).write(after, [SHEET]);
    for (let round = 0; round < 40; round += 1) await new Promise((done) => setImmediate(done));
    await device(world, kept).write(after);
    for (const one of [SECOND, PASSKEY]) {
      expect(await device(world).open(one, LAPTOP)).toEqual(after);
    }
    await expect(device(world).open(SHEET, LAPTOP)).rejects.toEqual(refused("revoked"));
  });

  it.each([1, 2, 3])("may want something else when it is back: %s", async (at) => {
    const world = new World();
    const kept = new Map<string, Uint8Array>();
    void device(world, kept, { before: 0, after: at }).write(RING);
    for (let round = 0; round < 40; round += 1) await new Promise((done) => setImmediate(done));
    const other = { ...RING, vault: new Uint8Array(32).fill(6) };
    await device(world, kept).write(other);
    for (const one of [SHEET, SECOND, PASSKEY]) {
      expect(await device(world).open(one, LAPTOP)).toEqual(other);
    }
  });
});
