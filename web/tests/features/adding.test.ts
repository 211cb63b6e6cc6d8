import { describe, expect, it } from "vitest";
import { Asking, type Granted } from "../../src/features/adding/asking.ts";
import { Showing } from "../../src/features/adding/showing.ts";
import type { Http } from "../../src/features/ports.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { RoomConnection } from "../../src/features/rooms/connection.ts";
import { addingPlace, Direction, makeRequest, parseAdding } from "../../src/sealing/adding.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import type { Grant } from "../../src/sealing/grants.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import { Browser, World } from "./world/world.ts";

const PAGE = "http://localhost:8480/desk/";
const GRANT: Grant = { t: "person", vault: new Uint8Array(32).fill(7) };

/** One page that shows, and others that ask. */
class Screens {
  readonly world = new World();
  readonly granted: Granted[] = [];
  asked = 0;
  /** The answers to what is sent come no sooner. */
  answers: Promise<void> = Promise.resolve();
  readonly showing: Showing;

  constructor() {
    const { random } = this.world;
    this.showing = new Showing({
      ...this.#connected(),
      random,
      use: "add",
      page: PAGE,
      voucher: async () => this.#voucher(),
      grant: async () => {
        this.asked += 1;
        return GRANT;
      },
    });
  }

  #voucher(): Uint8Array {
    const voucher = this.world.random(32);
    this.world.vouchers.known.set(b64u(hash(voucher)), { bytes: 65_536, expires: 0, spent: 0 });
    return voucher;
  }

  #connected() {
    const { clock, random, relay, origin } = this.world;
    const http: Http = async (request) => {
      const answer = await this.world.http(request);
      if (request.method === "POST") await this.answers;
      return answer;
    };
    const api = new Api({ http, clock, random, origin });
    const dial: ConstructorParameters<typeof RoomConnection>[0]["dial"] = (events) =>
      relay.dial(events);
    return { api, clock, rooms: new RoomConnection({ clock, random, dial, origin }) };
  }

  get link() {
    return parseAdding(this.showing.link.value.split("#")[1] ?? "");
  }

  async shown(): Promise<this> {
    await this.settled(this.showing.start());
    return this;
  }

  async settled<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    void promise.finally(() => {
      done = true;
    });
    await this.world.clock.until(() => done);
    return await promise;
  }

  async asking(browser = new Browser()): Promise<Asking> {
    const { random } = this.world;
    const vault = await browser.vaults().open("new");
    const signer = (await vault.signer("device")) ?? (await vault.makeSigner("device"));
    return new Asking({
      ...this.#connected(),
      random,
      vault,
      signer,
      fragment: this.showing.link.value.split("#")[1] ?? "",
      take: async (granted) => void this.granted.push(granted),
    });
  }
}

describe("a device more", () => {
  it("gets what it needs once its code was typed on the other screen", async () => {
    const screens = await new Screens().shown();
    const { showing, world } = screens;
    expect(showing.link.value.startsWith(`${PAGE}#add=1.`)).toBe(true);
    const asking = await screens.asking();
    expect(asking.phase.value).toBe("naming");
    await screens.settled(asking.ask("  Téléphone "));
    await world.clock.until(() => asking.phase.value === "code" && showing.phase.value === "code");
    expect(showing.label.value).toBe("Téléphone");
    expect(asking.code.value).toMatch(/^\d{6}$/);
    const { code } = asking;
    await screens.settled(showing.enter(`${code.value.slice(0, 3)} ${code.value.slice(3)}`));
    expect(showing.phase.value).toBe("done");
    await world.clock.until(() => asking.phase.value === "done");
    expect(screens.granted).toHaveLength(1);
    expect(screens.granted[0]).toMatchObject({ grant: GRANT, label: "Téléphone" });
    await world.clock.until(() => world.relay.mailboxes.boxes.size === 0);
  });

  it("is done where it had everything before the other screen heard that it was sent", async () => {
    const screens = await new Screens().shown();
    const { showing, world } = screens;
    const asking = await screens.asking();
    await screens.settled(asking.ask("Phone"));
    await world.clock.until(() => asking.phase.value === "code" && showing.phase.value === "code");
    let answer = (): void => undefined;
    screens.answers = new Promise((resolve) => {
      answer = resolve;
    });
    const entered = showing.enter(asking.code.value);
    await world.clock.until(() => asking.phase.value === "done");
    await world.clock.until(() => world.relay.mailboxes.boxes.size === 0);
    expect(showing.phase.value).toBe("granting");
    answer();
    await screens.settled(entered);
    expect(showing.phase.value).toBe("done");
  });

  it("grants nothing for a wrong code, and no more after three", async () => {
    const screens = await new Screens().shown();
    const { showing, world } = screens;
    const asking = await screens.asking();
    await screens.settled(asking.ask("Phone"));
    await world.clock.until(() => showing.phase.value === "code");
    const wrong = asking.code.value === "000000" ? "000001" : "000000";
    await showing.enter(wrong);
    expect([showing.problem.value?.key, showing.attempts.value]).toEqual(["wrong_digits", 2]);
    await showing.enter(wrong);
    await showing.enter(wrong);
    expect(showing.phase.value).toBe("void");
    await screens.settled(showing.enter(asking.code.value));
    expect([screens.asked, screens.granted.length]).toEqual([0, 0]);
    await world.clock.until(() => world.relay.mailboxes.boxes.size === 0);
  });

  it("gets no code where somebody else with a photograph of the QR was first", async () => {
    const screens = await new Screens().shown();
    const { showing, world } = screens;
    const thief = await screens.asking();
    await screens.settled(thief.ask("Phone"));
    await world.clock.until(() => thief.phase.value === "code");
    const asking = await screens.asking();
    await screens.settled(asking.ask("Phone"));
    await world.clock.until(() => asking.phase.value === "void");
    expect(asking.code.value).toBe("");
    expect(showing.phase.value).toBe("code");
  });

  it("does not mind what others with the QR write", async () => {
    const screens = await new Screens().shown();
    const { world, link, showing } = screens;
    const [ask, answer] = [Direction.ASKING, Direction.ANSWERING].map((direction) =>
      b64u(addingPlace(link, direction)),
    ) as [string, string];
    const stranger = seedSigner(world.random(32));
    const seal = kemPublic(world.random(32));
    const other = { ...link, secret: world.random(32) };
    const forged = await makeRequest(other, stranger, seal, "Phone", world.random);
    for (const bytes of [new Uint8Array(9), forged.raw]) world.relay.mailboxes.append(ask, bytes);
    for (const bytes of [new Uint8Array(9), new Uint8Array(130).fill(1)]) {
      world.relay.mailboxes.append(answer, bytes);
    }
    const asking = await screens.asking();
    await screens.settled(asking.ask("Phone"));
    await world.clock.until(() => asking.phase.value === "code");
    world.relay.mailboxes.append(answer, new Uint8Array(9));
    await screens.settled(showing.enter(asking.code.value));
    await world.clock.until(() => asking.phase.value === "done");
  });

  it("asks the same again when its page loads anew", async () => {
    const screens = await new Screens().shown();
    const { world, showing } = screens;
    const browser = new Browser();
    const before = await screens.asking(browser);
    await screens.settled(before.ask("Phone"));
    await world.clock.until(() => before.phase.value === "code");
    before.close();
    const asking = await screens.asking(browser);
    await screens.settled(asking.resume());
    await world.clock.until(() => asking.phase.value === "code");
    expect(asking.code.value).toBe(before.code.value);
    await screens.settled(showing.enter(asking.code.value));
    await world.clock.until(() => asking.phase.value === "done");
    expect(screens.granted).toHaveLength(1);
  });

  it("learns that the other screen was closed", async () => {
    const screens = await new Screens().shown();
    screens.showing.close();
    await screens.world.clock.until(() => screens.world.relay.mailboxes.boxes.size === 0);
    const asking = await screens.asking();
    await screens.settled(asking.ask("Phone"));
    expect(asking.phase.value).toBe("void");
  });

  it("is told when the server is out of reach, on both screens, and goes on", async () => {
    const screens = new Screens();
    const { world, showing } = screens;
    world.relay.mailboxes.down = true;
    await screens.settled(showing.start());
    expect([showing.phase.value, showing.problem.value?.key]).toEqual(["making", "offline"]);
    world.relay.mailboxes.down = false;
    showing.problem.value?.retry?.();
    await world.clock.until(() => showing.phase.value === "showing");
    const asking = await screens.asking();
    world.relay.mailboxes.down = true;
    await screens.settled(asking.ask("Phone"));
    expect([asking.phase.value, asking.problem.value?.key]).toEqual(["asking", "offline"]);
    world.relay.mailboxes.down = false;
    asking.problem.value?.retry?.();
    await world.clock.until(() => asking.phase.value === "code");
    expect(asking.problem.value).toBe(null);
  });
});
