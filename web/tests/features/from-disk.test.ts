/** Images from a disk in a consult: who pays, how they get there, and what is left of them. */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Beside } from "../../src/features/consult/call.ts";
import type { Chosen } from "../../src/features/files/source.ts";
import { Asking } from "../../src/features/imaging/disk/asking.ts";
import { type DiskNeeds, FromDisk } from "../../src/features/imaging/disk/from-disk.ts";
import { Granting, Unpaid } from "../../src/features/imaging/disk/granting.ts";
import type { Ask } from "../../src/features/imaging/disk/model.ts";
import { permitsOf } from "../../src/features/imaging/disk/permits.ts";
import { MOST_ASKS, MOST_SHOWN } from "../../src/features/imaging/limits.ts";
import { openShown } from "../../src/features/imaging/shown.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { readLooking } from "../../src/sealing/looking.ts";
import { dicom, pixels } from "../imaging/files.ts";
import { FakeClock } from "./world/clock.ts";
import { Workbench } from "./world/jobs.ts";
import { Browser, World } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/imaging/collecting.ts";
import "../../src/features/permits/making.ts";

const MIB = 1024 * 1024;

/** A guest and a host with a session between them, each message being heard at once. */
class Pair {
  readonly clock = new FakeClock();
  readonly exchanges = signal(1);
  readonly hostsExchanges = signal(1);
  readonly hosts = signal<readonly Beside[]>([]);
  /** What the host said, by type. */
  readonly told: string[] = [];
  /** Bytes that were paid for; null: the server gives nothing. */
  paid: number[] | null = [];
  lost = false;
  #drawn = 0;
  readonly #guest: Beside = {
    heard: signal<readonly Uint8Array[]>([]),
    exchanges: this.exchanges,
    waiting: () => 0,
    say: (bytes) => this.#hears(this.granting, bytes),
  };
  readonly #host: Beside = {
    heard: signal<readonly Uint8Array[]>([]),
    exchanges: this.hostsExchanges,
    waiting: () => 0,
    say: (bytes) => {
      this.told.push(readLooking(bytes)?.t ?? "");
      this.#hears(this.asking, bytes);
    },
  };
  readonly granting = new Granting(
    {
      clock: this.clock,
      permit: async (bytes) => {
        if (!this.paid) throw new Unpaid("quota_exceeded");
        this.paid.push(bytes);
        return `1.${bytes}`;
      },
    },
    this.hosts,
  );
  readonly asking = new Asking(
    (n) => {
      this.#drawn += 1;
      return new Uint8Array(n).fill(this.#drawn);
    },
    signal([this.#guest]),
  );

  constructor() {
    this.hosts.value = [this.#host];
  }

  #hears(who: Granting | Asking, bytes: Uint8Array): void {
    const said = readLooking(bytes);
    if (this.lost || !said || !("ask" in said)) return;
    who.take(this.#host, said);
  }

  /** Asks, and gives how it ended once it has. */
  ask(bytes: number, gone = new AbortController()) {
    const found: { permit?: string; why?: unknown } = {};
    const done = this.asking.permit(bytes, gone.signal).then(
      (permit) => void Object.assign(found, { permit }),
      (error: unknown) =>
        void Object.assign(found, { why: error instanceof Error ? error.message : error }),
    );
    return { found, done, gone };
  }

  get asked(): Ask {
    return this.granting.asks.value[0] ?? expect.fail("nobody asks");
  }

  /** The guest's page says again what waits; the host's sees that it is another one. */
  anew(said: boolean): void {
    this.lost = !said;
    this.hostsExchanges.value += 1;
    this.exchanges.value += 1;
    this.lost = false;
  }
}

describe("a guest who asks to show images", () => {
  it("is given a permit with the host's yes, the same however often it asks", async () => {
    const pair = new Pair();
    const { found, done } = pair.ask(5 * MIB);
    expect(pair.asked).toMatchObject({ bytes: 5 * MIB, granted: false });
    pair.lost = true;
    await pair.granting.grant(pair.asked);
    pair.lost = false;
    expect(found).toEqual({});
    pair.anew(true);
    await done;
    expect(found).toEqual({ permit: `1.${5 * MIB}` });
    expect(pair.paid).toEqual([5 * MIB]);
    expect(pair.asked.granted).toBe(true);
    pair.granting.shown(pair.asked.side);
    expect(pair.granting.asks.value).toEqual([]);
  });

  it("is still seen to send where the yes was lost on its way, and it asked again", async () => {
    const pair = new Pair();
    const { done } = pair.ask(MIB);
    pair.lost = true;
    await pair.granting.grant(pair.asked);
    pair.anew(true);
    await done;
    await pair.clock.advance(20_000);
    expect(pair.asked.granted).toBe(true);
  });

  it("is told why there is none", async () => {
    const pair = new Pair();
    const declined = pair.ask(MIB);
    pair.granting.decline(pair.asked);
    await declined.done;
    const large = pair.ask(MOST_SHOWN + 1);
    await large.done;
    pair.paid = null;
    const unpaid = pair.ask(MIB);
    await pair.granting.grant(pair.asked);
    await unpaid.done;
    expect([declined, large, unpaid].map(({ found }) => found.why)).toEqual([
      "declined",
      "large",
      "unpaid",
    ]);
    expect(pair.granting.unpaid.value).toBe("quota_exceeded");
    expect(pair.granting.asks.value).toEqual([]);
  });

  it("does not have the host asked for ever", async () => {
    const pair = new Pair();
    for (let n = 0; n < MOST_ASKS; n += 1) {
      const one = pair.ask(MIB);
      pair.granting.decline(pair.asked);
      await one.done;
    }
    const more = pair.ask(MIB);
    await more.done;
    expect(more.found.why).toBe("many");
    expect(pair.granting.asks.value).toEqual([]);
  });

  it("may change its mind, before and after the yes", async () => {
    const pair = new Pair();
    const first = pair.ask(MIB);
    first.gone.abort("enough");
    await first.done;
    expect(first.found.why).toBe("enough");
    expect(pair.granting.asks.value).toEqual([]);
    const second = pair.ask(MIB);
    const asked = pair.asked;
    second.gone.abort("enough");
    await pair.granting.grant(asked);
    expect(pair.told).not.toContain("permit");
  });

  it("is forgotten where its page is another one, or gone", async () => {
    const pair = new Pair();
    void pair.ask(MIB);
    pair.anew(true);
    await pair.clock.advance(20_000);
    expect(pair.granting.asks.value).toHaveLength(1);
    pair.anew(false);
    await pair.clock.advance(9000);
    expect(pair.granting.asks.value).toHaveLength(1);
    await pair.clock.advance(2000);
    expect(pair.granting.asks.value).toEqual([]);
    void pair.ask(MIB);
    pair.hosts.value = [];
    expect(pair.granting.asks.value).toEqual([]);
  });
});

function slice(n: number, size = MIB): Chosen {
  const bare = dicom({
    tags: {
      "00080018": ["UI", `1.2.3.${n}`],
      "00200013": ["IS", `${n}`],
      "7FE00010": ["OW", pixels(n * 100)],
    },
  });
  const bytes = new Uint8Array(Math.max(size, bare.length));
  bytes.set(bare);
  return { path: `scan/IM${n}`, file: new File([bytes], `IM${n}`, { lastModified: 1e12 }) };
}

/** A doctor's page with what is chosen there. */
class Page {
  readonly world = new World();
  readonly browser = new Browser();
  readonly bench = new Workbench(this.world, this.browser);
  readonly handed: Uint8Array[] = [];
  permit = permitsOf(signal(null));
  /** Whether something else is looked at. */
  busy = false;
  files: readonly Chosen[] = [0, 1, 2, 3, 4, 5].map((n) => slice(n));

  async model(more: Partial<DiskNeeds> = {}): Promise<FromDisk> {
    const { desk } = this.world.doctor(await this.world.demo());
    await this.world.clock.until(() => desk.phase.value === "ready");
    this.permit = permitsOf(desk.permits);
    const { http, clock, random, origin } = this.world;
    return new FromDisk({
      api: new Api({ http, clock, random, origin }),
      runJob: this.bench.runJob,
      vaults: async () => this.browser.vaults(),
      chosenFiles: () => this.files,
      droppedFiles: async () => this.files,
      asks: false,
      permit: this.permit,
      show: async (handed, pressed) => {
        if (this.busy && !pressed) return false;
        this.handed.push(handed);
        return true;
      },
      ...more,
    });
  }
}

describe("a study from a disk", () => {
  it("is sealed, sent and shown, and taken back in the end", async () => {
    const page = new Page();
    const disk = await page.model();
    const before = page.world.blobs.size;
    await disk.choose(null);
    expect(disk.chosen.value).toMatchObject({ name: "scan.zip", contents: { images: 6 } });
    await disk.send();
    expect([disk.state.value, disk.problem.value, page.handed.length]).toEqual(["none", null, 1]);
    // No link: what was sent is one blob.
    expect(page.world.blobs.size).toBe(before + 1);
    expect(
      (await page.browser.vaults().scopes()).filter((one) => one.startsWith("sending")),
    ).toEqual([]);
    const { platform } = page.world.page(page.browser, "");
    const { received, engine, decoders, http, line } = page.bench;
    const needs = { ...platform, received, engine, decoders, http, line };
    const [handed = new Uint8Array()] = page.handed;
    const viewer = await openShown(needs, handed, new Map());
    await page.world.clock.until(() => !viewer.loading.value);
    expect(viewer.count.value).toBe(6);
    viewer.end();
    const [study] = disk.sent.value;
    await disk.show(study ?? expect.fail());
    expect(page.handed).toHaveLength(2);
    await disk.end();
    expect(page.world.blobs.size).toBe(before);
  });

  it("waits where the network is gone, and goes on where it was paused", async () => {
    const page = new Page();
    const disk = await page.model();
    await disk.choose(null);
    page.bench.left = 4;
    void disk.send();
    await page.world.clock.until(() => disk.progress.value.waiting);
    const { done } = disk.progress.value;
    expect(done).toBeGreaterThan(0);
    disk.pause();
    page.bench.left = Number.POSITIVE_INFINITY;
    const before = page.bench.asked.length;
    await disk.send();
    expect(page.handed).toHaveLength(1);
    // The offset, the piece that was not there, and who serves.
    expect(page.bench.asked.length - before).toBeLessThanOrEqual(5);
  });

  it("is shown by a press where something else is looked at", async () => {
    const page = new Page();
    const disk = await page.model();
    page.busy = true;
    await disk.choose(null);
    await disk.send();
    expect([disk.state.value, page.handed.length]).toEqual(["ready", 0]);
    await disk.show(disk.sent.value[0] ?? expect.fail());
    expect([disk.state.value, page.handed.length]).toEqual(["none", 1]);
  });

  it("leaves nothing where it is given up on the way", async () => {
    const page = new Page();
    const disk = await page.model();
    const before = page.world.blobs.size;
    await disk.choose(null);
    page.bench.left = 4;
    void disk.send();
    await page.world.clock.until(() => disk.progress.value.waiting);
    await disk.leave();
    expect([disk.state.value, disk.chosen.value]).toEqual(["none", null]);
    expect(page.world.blobs.size).toBe(before);
    expect(
      (await page.browser.vaults().scopes()).filter((one) => one.startsWith("sending")),
    ).toEqual([]);
    // Another one may be chosen, with a permit of its own.
    page.bench.left = Number.POSITIVE_INFINITY;
    await disk.choose(null);
    await disk.send();
    expect(page.handed).toHaveLength(1);
  });

  it("says what cannot be shown, and asks nobody for it", async () => {
    const page = new Page();
    const permit = (): Promise<never> => expect.fail("asked");
    const disk = await page.model({ permit });
    const letter = { path: "letter.pdf", file: new File([new Uint8Array(9)], "letter.pdf") };
    page.files = [letter];
    await disk.choose(null);
    expect([disk.trouble.value, disk.chosen.value]).toEqual(["none", null]);
    page.files = Array.from({ length: 10_001 }, (_, n) => ({ ...letter, path: `${n}` }));
    await disk.choose(null);
    expect(disk.trouble.value).toBe("many");
    await disk.send();
    expect(disk.state.value).toBe("none");
  });

  it("says that nothing pays for it", async () => {
    const page = new Page();
    const disk = await page.model({
      permit: async () => {
        throw new Unpaid("quota_exceeded");
      },
    });
    await disk.choose(null);
    await disk.send();
    expect(disk.problem.value).toEqual({ key: "quota_exceeded", loud: false });
    expect([disk.state.value, disk.chosen.value?.name]).toEqual(["chosen", "scan.zip"]);
  });

  it("is not sent while it is paused, though it is paid for by then", async () => {
    const page = new Page();
    let pay: (permit: string) => void = () => undefined;
    const paid = new Promise<string>((done) => {
      pay = done;
    });
    const disk = await page.model({ permit: () => paid });
    await disk.choose(null);
    const sending = disk.send();
    expect(disk.state.value).toBe("sending");
    disk.pause();
    pay(await page.permit(20 * MIB));
    await sending;
    expect([disk.state.value, page.handed.length]).toEqual(["paused", 0]);
    await disk.send();
    expect([disk.state.value, page.handed.length]).toEqual(["none", 1]);
  });

  it("is paid for once, and sent once, where it goes on before it was paid for", async () => {
    const page = new Page();
    let pay: (permit: string) => void = () => undefined;
    let asked = 0;
    const paid = new Promise<string>((done) => {
      pay = done;
    });
    const disk = await page.model({
      permit: () => {
        asked += 1;
        return paid;
      },
    });
    const before = page.world.blobs.size;
    await disk.choose(null);
    const sending = disk.send();
    disk.pause();
    const again = disk.send();
    expect(disk.state.value).toBe("sending");
    pay(await page.permit(20 * MIB));
    await Promise.all([sending, again]);
    expect([asked, disk.state.value, page.handed.length]).toEqual([1, "none", 1]);
    await disk.end();
    expect(page.world.blobs.size).toBe(before);
  });

  it("is one at a time", async () => {
    const page = new Page();
    const disk = await page.model();
    await disk.choose(null);
    page.bench.left = 4;
    void disk.send();
    await page.world.clock.until(() => disk.progress.value.waiting);
    page.files = [slice(9)];
    await disk.choose(null);
    expect(disk.chosen.value?.contents.images).toBe(6);
    await disk.leave();
  });
});
