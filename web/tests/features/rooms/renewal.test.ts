import { describe, expect, it } from "vitest";
import { Api } from "../../../src/features/rooms/api.ts";
import { cellThing, type RenewalNeeds, renewAll } from "../../../src/features/rooms/renewal.ts";
import { seedSigner } from "../../../src/sealing/keys.ts";
import { Browser, World } from "../world/world.ts";

const DAY = 24 * 3600;
const signer = seedSigner(new Uint8Array(32).fill(5));

/** A cell that ends in so many days, and what renews it for three years more. */
async function cell(days: number) {
  const world = new World();
  const { clock, random, vouchers } = world;
  const asked: string[] = [];
  const drawn: Uint8Array[] = [];
  const net = { isLost: (_target: string): boolean => false };
  const http: World["http"] = async (request) => {
    asked.push(`${request.method} ${request.target.split("?")[0]}`);
    const answer = await world.http(request);
    if (net.isLost(request.target)) throw new TypeError("network");
    return answer;
  };
  const now = (): number => Math.floor(clock.now() / 1000);
  const thing = cellThing(signer, new Uint8Array(16));
  vouchers.ends.set(thing.path, now() + days * DAY);
  const needs: { -readonly [name in keyof RenewalNeeds]: RenewalNeeds[name] } = {
    api: new Api({ http, clock, random, origin: "http://localhost:8480" }),
    clock,
    rest: await new Browser().vaults().open("scope"),
    name: "renewal",
    things: [thing],
    pay: async ({ bytes }) => {
      const { voucher } = vouchers.given(bytes, now() + 1_000 * DAY);
      drawn.push(voucher);
      return voucher;
    },
  };
  const run = async (): Promise<unknown> => {
    let outcome: unknown;
    renewAll(needs).then(
      () => (outcome = "done"),
      (error: unknown) => (outcome = error),
    );
    await clock.until(() => outcome !== undefined, 60_000);
    return outcome;
  };
  const left = (): number => ((vouchers.ends.get(thing.path) ?? 0) - now()) / DAY;
  const asks = (): number => asked.filter((one) => one.endsWith("/renewal")).length;
  return { world, needs, net, drawn, run, left, asks };
}

describe("renewal", () => {
  it("asks once for what lasts, and not again before its last year", async () => {
    const { world, run, drawn, asks } = await cell(800);
    expect(await run()).toBe("done");
    await world.clock.advance(400 * DAY * 1000, 100 * DAY * 1000);
    await run();
    expect(asks()).toBe(1);
    await world.clock.advance(40 * DAY * 1000, 40 * DAY * 1000);
    await run();
    expect([asks(), drawn.length]).toEqual([3, 1]);
  });

  it("renews what ends within a year, once", async () => {
    const { run, drawn, left } = await cell(300);
    expect(await run()).toBe("done");
    expect(left()).toBeGreaterThan(999);
    await run();
    expect(drawn).toHaveLength(1);
  });

  it("goes on with the same voucher after a lost answer", async () => {
    const { run, net, drawn, left } = await cell(300);
    net.isLost = (target) => target.includes("voucher=");
    expect(await run()).toBeInstanceOf(TypeError);
    net.isLost = () => false;
    expect(await run()).toBe("done");
    expect(drawn).toHaveLength(1);
    expect(left()).toBeGreaterThan(999);
  });

  it("draws nothing while the server is out of reach, or for what is gone", async () => {
    const { run, net, world, drawn } = await cell(300);
    net.isLost = () => true;
    expect(await run()).toBeInstanceOf(TypeError);
    net.isLost = () => false;
    world.vouchers.ends.clear();
    expect(await run()).toBe("done");
    expect(drawn).toEqual([]);
  });

  it("asks once a day at most where nothing pays, and where a voucher was refused", async () => {
    const { run, needs, world, asks, left } = await cell(300);
    const { pay } = needs;
    needs.pay = async () => undefined;
    for (const _ of [1, 2, 3]) await run();
    expect(asks()).toBe(1);
    const tomorrow = (): Promise<void> => world.clock.advance(DAY * 1000, DAY * 1000);
    await tomorrow();
    needs.pay = async () => new Uint8Array(32);
    for (const _ of [1, 2, 3]) await run();
    expect(asks()).toBe(3);
    await tomorrow();
    needs.pay = pay;
    await run();
    expect(left()).toBeGreaterThan(999);
  });
});
