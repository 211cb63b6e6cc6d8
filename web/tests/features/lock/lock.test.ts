/** The lock over vaults, in memory: what rests, who gets in, and when it closes. */
import { beforeEach, describe, expect, test } from "vitest";
import { CONFIRM_MS, IDLE_MS, pauseAfter, weaknessOf } from "../../../src/features/lock/limits.ts";
import type { Lock } from "../../../src/features/lock/lock.ts";
import { same, utf8 } from "../../../src/sealing/encoding.ts";
import { type Page, World } from "../world/world.ts";

const PASSPHRASE = "cheval pile agrafe";
const NAME = utf8("Mme Łukasz Şahin");
const SEED = new Uint8Array(32).fill(7);

let world: World;

beforeEach(() => {
  world = new World();
});

const open = (): { readonly page: Page; readonly lock: Lock } => {
  const page = world.page(world.doctorsBrowser, "");
  return { page, lock: world.lock(page) };
};

/** Sets a lock as at enrolment, then keeps a name and a key. */
async function locked({ lock } = open()): Promise<Lock> {
  const passed = lock.pass(true);
  await Promise.resolve();
  await expect.poll(() => lock.wanted.value).toBe(true);
  expect(await lock.set({ way: "passphrase", passphrase: PASSPHRASE })).toBe(true);
  await passed;
  await keep(lock);
  return lock;
}

async function keep(lock: Lock): Promise<void> {
  const desk = await lock.vaults.open("desk");
  await desk.save("practitioner", NAME);
  await desk.keepSigner("device", SEED);
}

/** Everything that rests, whatever scope and name. */
const rests = (): readonly Uint8Array[] => world.doctorsBrowser.names("", "");

const holds = (haystack: Uint8Array, needle: Uint8Array): boolean =>
  haystack.some((_, at) => same(haystack.subarray(at, at + needle.length), needle));

describe("at rest", () => {
  test("neither names nor keys are there, nor what opens them", async () => {
    await locked();
    expect(rests().length).toBe(3);
    for (const secret of [NAME, SEED]) {
      expect(rests().some((one) => holds(one, secret))).toBe(false);
    }
  });

  test("without a lock the master lies beside it", async () => {
    const { lock } = open();
    await lock.pass(false);
    await keep(lock);
    expect(rests().filter((one) => one.length === 32)).toHaveLength(1);
    expect(await lock.set({ way: "passphrase", passphrase: PASSPHRASE })).toBe(true);
    expect(rests().filter((one) => one.length === 32)).toHaveLength(0);
    expect(await lock.vaults.look("desk").load("practitioner")).toEqual(NAME);
  });

  test("a page that loads anew reads nothing before it is unlocked", async () => {
    await locked();
    const { lock } = open();
    let through = false;
    const passed = lock.pass(false).then(() => {
      through = true;
    });
    await expect.poll(() => lock.state.value).toBe("locked");
    const desk = lock.vaults.look("desk");
    await expect(desk.load("practitioner")).rejects.toThrow("locked");
    await expect(desk.signer("device")).rejects.toThrow("locked");
    expect(through).toBe(false);
    await lock.unlock(` ${PASSPHRASE} `);
    await passed;
    expect(await desk.load("practitioner")).toEqual(NAME);
    expect((await desk.signer("device"))?.publicKey).toHaveLength(32);
    expect(await desk.names()).toEqual(["practitioner"]);
    expect(await lock.vaults.scopes()).toEqual(["desk"]);
  });

  test("changing the lock leaves everything else as it rests", async () => {
    const lock = await locked();
    const before = world.doctorsBrowser.names("desk", "");
    expect(await lock.set({ way: "passkey", label: "Cabinet" })).toBe(true);
    expect(world.doctorsBrowser.names("desk", "")).toEqual(before);
    const { lock: next } = open();
    const passed = next.pass(false);
    await expect.poll(() => next.way.value?.way).toBe("passkey");
    await next.unlock();
    await passed;
    expect(await next.vaults.look("desk").load("practitioner")).toEqual(NAME);
  });

  test("a lock that was not finished changes nothing", async () => {
    const { lock, page } = open();
    world.doctorsBrowser.passkeys.willing = false;
    void lock.pass(true);
    await expect.poll(() => lock.wanted.value).toBe(true);
    expect(await lock.set({ way: "passkey", label: "Cabinet" })).toBe(false);
    expect([lock.trouble.value, rests()]).toEqual(["declined", []]);
    expect(page.platform.vaults.lasting).toBe(true);
  });

  test("a window that keeps nothing asks for no lock", async () => {
    const lock = world.lock(world.page(world.doctorsBrowser, ""), false);
    await lock.pass(true);
    expect(lock.wanted.value).toBe(false);
  });
});

describe("opening", () => {
  test("what is wrong is said, and makes one wait, after a reload too", async () => {
    await locked();
    const { lock } = open();
    void lock.pass(false);
    await expect.poll(() => lock.state.value).toBe("locked");
    for (let n = 0; n < 3; n += 1) await lock.unlock("something else");
    expect(lock.trouble.value).toBe("wrong");
    expect(lock.until.value - world.clock.now()).toBe(pauseAfter(3));
    await lock.unlock(PASSPHRASE);
    expect(lock.state.value).toBe("locked");
    const { lock: again } = open();
    void again.pass(false);
    await expect.poll(() => again.until.value).toBe(lock.until.value);
    await world.clock.advance(pauseAfter(3), 20_000);
    await again.unlock(PASSPHRASE);
    expect(again.state.value).toBe("open");
    expect((await again.vaults.look("desk").load("practitioner"))?.length).toBe(NAME.length);
  });

  test("pauses grow, and end", () => {
    const pauses = [1, 2, 3, 4, 5, 100].map((tries) => pauseAfter(tries) / 1000);
    expect(pauses).toEqual([0, 0, 2, 4, 8, 300]);
  });

  test.each([
    ["fourteen chars", "short"],
    ["              a              ", "short"],
    ["aaaaaaaaaaaaaaaaaaaa", "simple"],
    ["cheval pile agrafe", null],
  ])("%j", (passphrase, weakness) => {
    expect(weaknessOf(passphrase)).toBe(weakness);
  });

  test("whoever cannot open it erases the device", async () => {
    await locked();
    const { lock } = open();
    const passed = lock.pass(false);
    await expect.poll(() => lock.state.value).toBe("locked");
    await lock.erase();
    await passed;
    expect([rests(), lock.state.value]).toEqual([[], "none"]);
  });

  test("a lock that another tab has set counts here at the next load", async () => {
    const { lock } = open();
    await lock.pass(false);
    await keep(lock);
    const { lock: other } = open();
    await other.pass(false);
    await other.set({ way: "passphrase", passphrase: PASSPHRASE });
    void lock.pass(false);
    await expect.poll(() => lock.state.value).toBe("locked");
    await expect(lock.vaults.look("desk").load("practitioner")).rejects.toThrow("locked");
  });
});

describe("left alone", () => {
  test("the screen is covered, unless somebody touches it or a call is under way", async () => {
    const { page, lock } = open();
    await locked({ page, lock });
    let calling = false;
    lock.watch(() => calling);
    for (let minute = 0; minute < 15; minute += 1) {
      await world.clock.advance(60_000, 20_000);
      for (const told of page.moves) told();
    }
    expect(lock.state.value).toBe("open");
    calling = true;
    await world.clock.advance(IDLE_MS + 1000, 20_000);
    expect(lock.state.value).toBe("open");
    calling = false;
    await world.clock.advance(IDLE_MS + 1000, 20_000);
    expect(lock.state.value).toBe("covered");
    await lock.vaults.look("desk").load("practitioner");
    await lock.unlock(PASSPHRASE);
    expect(lock.state.value).toBe("open");
  });

  test("signing asks who has not unlocked for five minutes", async () => {
    const lock = await locked();
    expect(await lock.confirm()).toBe(true);
    await world.clock.advance(CONFIRM_MS + 1000, 20_000);
    const refused = lock.confirm();
    expect(lock.asking.value).toBe(true);
    lock.cancel();
    expect(await refused).toBe(false);
    const asked = lock.confirm();
    await lock.unlock("something else");
    expect(lock.asking.value).toBe(true);
    await lock.unlock(PASSPHRASE);
    expect([await asked, lock.asking.value]).toEqual([true, false]);
    expect(await lock.confirm()).toBe(true);
  });

  test("without a lock nothing is asked", async () => {
    const { lock } = open();
    await lock.pass(false);
    expect(await lock.confirm()).toBe(true);
    lock.cover();
    expect(lock.state.value).toBe("none");
  });
});
