/** One practitioner whose way back lies with another: given, given back, refused, taken out. */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { Showing } from "../../src/features/adding/showing.ts";
import { Helping } from "../../src/features/helping/helping.ts";
import { type Helped, helpedId } from "../../src/features/helping/people.ts";
import type { OpenWithModel } from "../../src/features/recovery/open-with.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { RoomConnection } from "../../src/features/rooms/connection.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { addingPlace, Direction, makeRequest, parseAdding } from "../../src/sealing/adding.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { makeKept } from "../../src/sealing/grants.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { kemPublic } from "../../src/sealing/xwing.ts";
import { DOCTOR, settled } from "./world/doctors.ts";
import { makeWays } from "./world/ways.ts";
import { Browser, World } from "./world/world.ts";

/** What a colleague's browser keeps. */
class Colleague {
  readonly list = signal<readonly Helped[]>([]);
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  connected() {
    const { clock, random, relay, origin, http } = this.#world;
    const dial: ConstructorParameters<typeof RoomConnection>[0]["dial"] = (events) =>
      relay.dial(events);
    const rooms = new RoomConnection({ clock, random, dial, origin });
    return { api: new Api({ http, clock, random, origin }), rooms, clock };
  }

  voucher(): Uint8Array {
    const voucher = this.#world.random(32);
    const { known } = this.#world.vouchers;
    known.set(b64u(hash(voucher)), { bytes: 65_536, expires: 0, spent: 0 });
    return voucher;
  }

  /** Their page, opened with a link or without. */
  async page(link = ""): Promise<Helping> {
    const { random, origin } = this.#world;
    let fragment = link.split("#")[1] ?? "";
    const others = ({ secret }: Helped) =>
      this.list.peek().filter((one) => helpedId(one) !== helpedId({ secret }));
    const helping = new Helping({
      ...this.connected(),
      random,
      address: {
        origin,
        fragment: () => fragment,
        clearFragment: () => {
          fragment = "";
        },
      },
      circle: "colleagues",
      page: `${origin}/desk/`,
      vault: await new Browser().vaults().open("desk"),
      store: {
        list: this.list,
        save: async (one) => {
          this.list.value = [...others(one), one];
        },
        erase: async (one) => {
          this.list.value = others(one);
        },
      },
      pay: async () => this.voucher(),
    });
    await helping.arrive();
    return helping;
  }
}

async function enrolled() {
  const world = new World();
  const { desk } = world.doctor("enrol=1234");
  await world.clock.until(() => desk.phase.value === "enrolling");
  await settled(world.clock, desk.enrol("1234", DOCTOR, false));
  const sheets = await makeWays(world.clock, desk);
  return { world, desk, sheets, colleague: new Colleague(world) };
}

type All = Awaited<ReturnType<typeof enrolled>>;

/** The desk's screen that asks a helper, opened with a sheet. */
async function asked({ world, desk, sheets }: All) {
  const { clock } = world;
  const ways = desk.ways.value;
  void ways?.change();
  await clock.until(() => ways?.opening.value != null);
  await ways?.opening.value?.giveSheet(sheets[0]?.words ?? "");
  await clock.until(() => ways?.changing.value != null);
  ways?.decline();
  const model = ways?.changing.value;
  if (!model) throw new Error("nothing is changed");
  await model.start("helper", "Dr Zoé", "en");
  expect(model.own).toBe(DOCTOR.name);
  model.askHelper(model.own);
  const making = model.making.value;
  const showing = making?.kind === "helper" ? making.showing : null;
  if (!showing) throw new Error("nobody is asked");
  await clock.until(() => showing.phase.value === "showing");
  return { model, showing };
}

/** Up to the digits, on both screens. */
async function compared(all: All) {
  const screens = await asked(all);
  const { clock } = all.world;
  const helping = await all.colleague.page(screens.showing.link.value);
  const offer = helping.offer.value;
  if (!offer) throw new Error("nothing is offered");
  void offer.compare();
  await clock.until(() => offer.asking.phase.value === "code");
  await clock.until(() => screens.showing.phase.value === "code");
  return { ...screens, helping, offer };
}

/** The colleague has said yes. */
async function helped(all: All) {
  const screens = await compared(all);
  const { showing, offer, model } = screens;
  const { clock } = all.world;
  await settled(clock, showing.enter(offer.asking.code.value));
  await clock.until(() => offer.from.value !== null);
  expect([offer.from.value, showing.phase.value]).toEqual([DOCTOR.name, "keeping"]);
  // A way back that nobody holds is none.
  expect(model.helped.value).toBe(false);
  offer.accept("  Camille ");
  await clock.until(() => offer.answer.value === "yes");
  await clock.until(() => model.helped.value && model.state.value === "still");
  await clock.until(() => model.making.value === null);
  return screens;
}

/** A new device of the practitioner's, which has nothing. */
async function comesBack({ world }: All, fragment = "") {
  const { desk } = world.doctor(fragment, new Browser());
  if (!fragment) {
    await world.clock.until(() => desk.phase.value === "no-practitioner");
    await settled(world.clock, desk.recover());
  }
  await world.clock.until(() => desk.recovering.value !== null);
  const opening = desk.recovering.value;
  if (!opening) throw new Error("nothing is asked for");
  return { desk, opening };
}

/** The colleague shows a link for the first whom they help. */
async function given({ world, colleague }: All) {
  const helping = await colleague.page();
  helping.giveBack(helping.people.value[0]?.id ?? "");
  const showing = helping.giving.value?.showing;
  if (!showing) throw new Error("nobody is helped");
  await world.clock.until(() => showing.phase.value === "showing");
  return { helping, showing };
}

async function released(all: All, opening: OpenWithModel) {
  const { clock } = all.world;
  const { showing, helping } = await given(all);
  if (!opening.helper.value) void opening.giveHelper(showing.link.value);
  await clock.until(() => opening.helper.value?.phase.value === "code");
  await clock.until(() => showing.phase.value === "code");
  void showing.enter(opening.helper.value?.code.value ?? "");
  await clock.until(() => showing.phase.value === "done");
  return helping;
}

describe("a colleague's device as a way back", () => {
  it("brings a practitioner back, with a sheet", async () => {
    const all = await enrolled();
    await helped(all);
    expect(all.colleague.list.value.map(({ name }) => name)).toEqual(["Camille"]);
    const { desk, opening } = await comesBack(all);
    await released(all, opening);
    await all.world.clock.until(() => opening.given.value.length === 1);
    expect(opening.given.value).toEqual(["helper"]);
    await opening.giveSheet(all.sheets[0]?.words ?? "");
    await all.world.clock.until(() => desk.phase.value === "ready");
    expect(desk.identity.value).toBe(all.desk.identity.value);
    // Whoever helped goes on helping.
    expect(all.colleague.list.value).toHaveLength(1);
  });

  it("begins with the link that the camera has opened", async () => {
    const all = await enrolled();
    await helped(all);
    const { showing } = await given(all);
    const { desk, opening } = await comesBack(all, showing.link.value.split("#")[1]);
    const { clock } = all.world;
    await clock.until(() => opening.helper.value?.phase.value === "code");
    await clock.until(() => showing.phase.value === "code");
    void showing.enter(opening.helper.value?.code.value ?? "");
    await clock.until(() => opening.given.value.length === 1);
    await opening.giveSheet(all.sheets[1]?.words ?? "");
    await clock.until(() => desk.phase.value === "ready");
  });

  it("does not count where the colleague says no", async () => {
    const all = await enrolled();
    const { showing, offer, model } = await compared(all);
    await settled(all.world.clock, showing.enter(offer.asking.code.value));
    await all.world.clock.until(() => offer.from.value !== null);
    offer.refuse();
    await all.world.clock.until(() => offer.asking.phase.value === "done");
    // They are told by voice; their screen says that the link counts no longer.
    await all.world.clock.until(() => showing.phase.value === "void");
    await model.cancel();
    expect([offer.answer.value, all.colleague.list.value.length]).toEqual(["no", 0]);
    expect(model.helped.value).toBe(false);
  });

  it("does not count for what anybody writes who has seen the link", async () => {
    const all = await enrolled();
    const { showing, offer, model } = await compared(all);
    const { clock, random, relay } = all.world;
    const link = parseAdding(showing.link.value.split("#")[1] ?? "");
    const place = b64u(addingPlace(link, Direction.ASKING));
    const asked = await makeRequest(
      link,
      seedSigner(random(32)),
      kemPublic(random(32)),
      "",
      random,
    );
    await settled(clock, showing.enter(offer.asking.code.value));
    await clock.until(() => showing.phase.value === "keeping");
    for (const bytes of [asked.raw, makeKept(random(32), asked), new Uint8Array(3)]) {
      relay.mailboxes.append(place, bytes);
    }
    await clock.advance(5_000);
    expect([showing.phase.value, model.helped.value]).toEqual(["keeping", false]);
  });

  it("lies on every device of the colleague", async () => {
    const all = await enrolled();
    const { world, desk: laptop, sheets } = all;
    const { clock, random, origin } = world;
    const secret = random(32);
    const showing = new Showing({
      ...all.colleague.connected(),
      random,
      use: "help",
      page: `${origin}/desk/`,
      voucher: async () => all.colleague.voucher(),
      grant: async () => ({ t: "helper", secret, name: "Dr Zoé\u202e Exemple" }),
    });
    void showing.start();
    await clock.until(() => showing.phase.value === "showing");
    const { desk } = world.doctor(showing.link.value.split("#")[1] ?? "");
    await clock.until(() => desk.helping.value?.offer.value != null);
    expect(laptop.phase.value).toBe("elsewhere");
    const offer = desk.helping.value?.offer.value;
    void offer?.compare();
    await clock.until(() => offer?.asking.phase.value === "code");
    await clock.until(() => showing.phase.value === "code");
    await settled(clock, showing.enter(offer?.asking.code.value ?? ""));
    await clock.until(() => offer?.from.value != null);
    expect(offer?.from.value).toBe("Dr Zoé Exemple");
    offer?.accept("");
    await clock.until(() => showing.phase.value === "done");
    desk.helping.value?.leave();
    const names = (one: typeof desk) => one.helping.value?.people.value.map(({ name }) => name);
    expect(names(desk)).toEqual(["Dr Zoé Exemple"]);
    await clock.advance(5_000);
    const { desk: phone, opening } = await comesBack(all);
    for (const { words } of sheets) await opening.giveSheet(words);
    await clock.until(() => phone.phase.value === "ready");
    await clock.until(() => names(phone)?.length === 1);
    const id = phone.helping.value?.people.value[0]?.id ?? "";
    await settled(clock, phone.helping.value?.remove(id) ?? Promise.resolve());
    await clock.until(() => names(desk)?.length === 0);
  });

  it("leaves nothing with a colleague whose yes came too late", async () => {
    const all = await enrolled();
    const { showing, offer, model } = await compared(all);
    const { clock } = all.world;
    await settled(clock, showing.enter(offer.asking.code.value));
    await clock.until(() => offer.from.value !== null);
    const { boxes } = all.world.relay.mailboxes;
    const there = boxes.size;
    await model.cancel();
    await clock.until(() => boxes.size === there - 2);
    offer.accept("Camille");
    await clock.until(() => offer.asking.phase.value === "void");
    expect(all.colleague.list.value).toHaveLength(0);
  });

  it("gives nothing for wrong digits, and nothing more after three", async () => {
    const all = await enrolled();
    await helped(all);
    const { opening } = await comesBack(all);
    const { showing } = await given(all);
    void opening.giveHelper(showing.link.value);
    const { clock } = all.world;
    await clock.until(() => opening.helper.value?.phase.value === "code");
    await clock.until(() => showing.phase.value === "code");
    const right = opening.helper.value?.code.value ?? "";
    const wrong = right === "000000" ? "000001" : "000000";
    for (const attempt of [wrong, wrong, wrong, right])
      await settled(clock, showing.enter(attempt));
    await clock.until(() => showing.phase.value === "void");
    await clock.advance(5_000);
    expect(opening.given.value).toEqual([]);
  });

  it("shows no digits to who comes second with a link", async () => {
    const all = await enrolled();
    await helped(all);
    const { showing } = await given(all);
    const { clock } = all.world;
    const [thief, opening] = [(await comesBack(all)).opening, (await comesBack(all)).opening];
    void thief.giveHelper(showing.link.value);
    await clock.until(() => thief.helper.value?.phase.value === "code");
    void opening.giveHelper(showing.link.value);
    await clock.until(() => opening.helper.value?.phase.value === "void");
    expect(opening.helper.value?.code.value).toBe("");
  });

  it("waits for a colleague who has not answered, and takes another way meanwhile", async () => {
    const all = await enrolled();
    await helped(all);
    const { opening } = await comesBack(all);
    const { showing } = await given(all);
    all.world.relay.mailboxes.down = true;
    void opening.giveHelper(showing.link.value);
    await all.world.clock.until(() => opening.helper.value?.problem.value?.key === "offline");
    opening.leaveHelper();
    expect(opening.helper.value).toBeNull();
    all.world.relay.mailboxes.down = false;
    await opening.giveSheet(all.sheets[0]?.words ?? "");
    expect(opening.given.value).toEqual(["sheet"]);
  });

  it("opens nothing with what a colleague keeps of somebody else", async () => {
    const all = await enrolled();
    await helped(all);
    const { world, colleague } = all;
    const { opening } = await comesBack(all);
    const stranger = { secret: world.random(32), name: "Dr Inconnu", since: 4e12 };
    colleague.list.value = [...colleague.list.value, stranger];
    await released(all, opening);
    await world.clock.until(() => opening.given.value.length === 1);
    await opening.giveSheet(all.sheets[0]?.words ?? "");
    await world.clock.until(() => opening.trouble.value !== null);
    expect(opening.trouble.value).toEqual({ what: "no-pair" });
  });

  it("is gone once the colleague has removed it", async () => {
    const all = await enrolled();
    await helped(all);
    const helping = await all.colleague.page();
    const id = helping.people.value[0]?.id ?? "";
    await helping.remove(id);
    helping.giveBack(id);
    expect([helping.people.value, helping.giving.value]).toEqual([[], null]);
  });

  it("opens nothing any more once it was taken out", async () => {
    const all = await enrolled();
    const { model } = await helped(all);
    const { clock } = all.world;
    const way = model.ways.value.find(({ kind }) => kind === "helper");
    await settled(clock, model.remove(way?.id ?? ""));
    const { opening } = await comesBack(all);
    await released(all, opening);
    await clock.until(() => opening.given.value.length === 1);
    await opening.giveSheet(all.sheets[0]?.words ?? "");
    await clock.until(() => opening.trouble.value !== null);
    expect(opening.trouble.value).toEqual({ what: "taken-out" });
  });

  it("is refused beyond the most that one person helps", async () => {
    const all = await enrolled();
    const { showing } = await asked(all);
    const many = Array.from({ length: LIMITS.helped }, (_, at) => at);
    all.colleague.list.value = many.map((since) => {
      return { secret: all.world.random(32), name: "Dr Autre", since };
    });
    const helping = await all.colleague.page(showing.link.value);
    await helping.offer.value?.compare();
    expect(helping.offer.value?.problem.value?.key).toBe("too_many_helped");
    expect(helping.offer.value?.asking.phase.value).toBe("naming");
  });

  it("says where a link belongs that was opened elsewhere", async () => {
    const all = await enrolled();
    await helped(all);
    const { clock } = all.world;
    const { showing } = await given(all);
    const [page, fragment] = showing.link.value.split("#");
    expect(page).toBe(`${all.world.origin}/desk/`);
    const enrolledPage = all.world.doctor(fragment ?? "");
    await clock.until(() => enrolledPage.desk.problem.value !== null);
    expect(enrolledPage.desk.problem.value?.key).toBe("back_elsewhere");
    expect(enrolledPage.page.platform.address.fragment()).toBe("");
    const asking = (fragment ?? "").replace("back", "help");
    const { desk } = all.world.doctor(asking, new Browser());
    await clock.until(() => desk.problem.value !== null);
    expect([desk.phase.value, desk.problem.value?.key]).toEqual([
      "no-practitioner",
      "help_elsewhere",
    ]);
  });

  it("says so where the address is not that of a helper", async () => {
    const all = await enrolled();
    const { opening } = await comesBack(all);
    await opening.giveHelper("https://consult.example.org/desk/#add=1.x.y");
    expect(opening.trouble.value).toEqual({ what: "no-link" });
  });
});
