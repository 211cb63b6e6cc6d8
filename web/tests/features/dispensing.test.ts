/** A prescription on its way: issued at a desk, shown by a patient, dispensed, taken back. */
import { describe, expect, it } from "vitest";
import { Counter } from "../../src/features/dispensing/counter.ts";
import type { CounterLine, CounterModel } from "../../src/features/dispensing/model.ts";
import { createOwnCard } from "../../src/features/dispensing/own-card.ts";
import type { Dial } from "../../src/features/ports.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { claimCell } from "../../src/features/rooms/cells.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { ticketCell, ticketOf } from "../../src/sealing/ticket.ts";
import { readTwoClaims } from "../../src/sealing/two-claims.ts";
import { type Consult, deskCall, talking } from "./world/consults.ts";
import { settled } from "./world/doctors.ts";
import { keeperIn, linesOf, pageOf } from "./world/keeping.ts";
import { Browser } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/dispensing/issuing.ts";
import "../../src/features/consult/sealed-parts.ts";

const AUTHOR = { name: "Dr Camille Démo", profession: "Médecin" };
const PARTS = [{ name: "a.pdf", media: "application/pdf", bytes: new Uint8Array([1, 2, 3]) }];
const DAY = 24 * 3600_000;
const PHARMACY = { name: "Pharmacie de l’Exemple", place: "Paris" };

interface Issued extends Consult {
  readonly ticket: Uint8Array;
}

/** Signs and sends one, with a line that is delivered once and one that is delivered twice. */
async function send({ world, desk }: Consult): Promise<void> {
  const until = Math.floor((world.clock.now() + 30 * DAY) / 1000) * 1000;
  await deskCall(desk)?.sendDocument("prescription", AUTHOR, { name: "Ana Martin" }, PARTS, {
    until: `${new Date(until).toISOString().slice(0, 19)}Z`,
    lines: [
      { deliveries: 1, steps: 3 },
      { deliveries: 2, steps: 4 },
    ],
  });
}

async function issued(): Promise<Issued> {
  const consult = await talking();
  const { world, guest } = consult;
  await send(consult);
  await world.clock.until(() => guest.call.value?.documents.value[0]?.state === "verified");
  const { ticket } = guest.call.value?.documents.value[0]?.document.value ?? {};
  if (!ticket) throw new Error("no ticket came");
  return { ...consult, ticket };
}

/** Somebody with the ticket in a browser of their own. */
async function counter(
  { world, ticket }: Issued,
  browser = new Browser(),
  dial?: Dial,
): Promise<CounterModel & { readonly browser: Browser }> {
  const { platform } = world.page(browser, "");
  const { origin } = platform.address;
  const needs = { ...platform, ...(dial && { dial }), origin };
  const model = new Counter(needs, ticketOf(ticket));
  await world.clock.until(() => model.state.value !== "looking" || model.problem.value !== null);
  return Object.assign(model, { browser });
}

/** A line as the page shows it now, from 1. */
function at(model: CounterModel, number: number): CounterLine {
  const line = model.lines.value[number - 1];
  if (!line) throw new Error("no such line");
  return line;
}

/** A network that lets requests through, and no WebSocket: nobody is told of anything. */
const deaf: Dial = (events) => {
  queueMicrotask(() => events.closed(1006));
  return { send: () => undefined, close: () => undefined };
};

const states = (model: CounterModel) =>
  model.lines.value.map(({ state, left }) => `${state} ${left}`);

/** The doctor's view of the newest prescription. */
async function atTheDesk({ world, desk }: Consult): Promise<CounterModel> {
  await desk.issued.value?.load();
  const [newest] = desk.issued.value?.list.value ?? [];
  const model = await desk.issued.value?.open(newest?.id ?? "");
  if (!model) throw new Error("not in the list");
  await world.clock.until(() => model.state.value === "open");
  return model;
}

describe("a prescription with a ticket", () => {
  it("is dispensed, seen by its prescriber, and taken back", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    expect(pharmacy.shown.value?.card.name).toBe("Dr Camille Démo");
    expect(pharmacy.shown.value?.device).toBe("in-force");
    expect(states(pharmacy)).toEqual(["open 1", "open 2"]);

    await pharmacy.dispense(at(pharmacy, 1), "1 boîte", true, PHARMACY);
    expect(pharmacy.outcome.value).toEqual({ line: 1, what: "dispensed" });
    await pharmacy.dispense(at(pharmacy, 2), "14 comprimés", false, PHARMACY);
    expect(states(pharmacy)).toEqual(["given 0", "open 2"]);

    const desk = await atTheDesk(one);
    expect(one.desk.issued.value?.list.value[0]?.patient).toBe("Ana Martin");
    expect(desk.lines.value[0]?.given).toMatchObject([{ by: PHARMACY.name, what: "1 boîte" }]);
    const line = at(pharmacy, 2);
    await desk.revoke?.(2, "Allergie");
    expect(states(desk)).toEqual(["given 0", "revoked 2"]);

    // The page that was open meanwhile is refused, and says why.
    await pharmacy.dispense(line, "", true, PHARMACY);
    expect(pharmacy.outcome.value).toEqual({ line: 2, what: "revoked" });
    expect(pharmacy.lines.value[1]).toMatchObject({ state: "revoked", reason: "Allergie" });
    expect(pharmacy.lines.value[1]?.given).toMatchObject([{ whole: false }]);
  });

  it("leaves nothing at the server where it could not be made whole", async () => {
    const consult = await talking();
    const { world, desk } = consult;
    const { cells } = world;
    const before = cells.cells.size;
    world.relay.mailboxes.refused = "quota_exceeded";
    await expect(send(consult)).rejects.toMatchObject({ code: "quota_exceeded" });
    await world.clock.until(() => cells.cells.size === before);
    expect(desk.issued.value?.list.value).toEqual([]);

    // What cannot be erased then is another time.
    const request = cells.request.bind(cells);
    cells.request = (method, ...rest) =>
      method === "DELETE" ? Promise.reject(new TypeError("network")) : request(method, ...rest);
    await expect(send(consult)).rejects.toMatchObject({ code: "quota_exceeded" });
    await world.clock.advance(60_000);
    expect(cells.cells.size).toBe(before + 7);
    cells.request = request;
    await settled(world.clock, desk.issued.value?.load() ?? Promise.resolve());
    await world.clock.until(() => cells.cells.size === before);
    world.relay.mailboxes.refused = "";
    await send(consult);
    expect(cells.cells.size).toBe(before + 7);
  });

  it("keeps its receipts until all of it ends, a month after its last day", async () => {
    const { world, ticket } = await issued();
    const box = b64u(ticketOf(ticket).box);
    expect(world.relay.mailboxes.boxes.get(box)?.keep).toBe(String(395 * 24 * 3600));
    const ends = world.vouchers.ends.get(`/v1/mailboxes/${box}`) ?? 0;
    expect(Math.round((ends * 1000 - world.clock.now()) / DAY)).toBe(60);
  });

  it("is dispensed with the card of whose device the browser is", async () => {
    const one = await issued();
    const { world } = one;
    const page = world.page(world.doctorsBrowser, "");
    const needs = { ...page.platform, origin: page.platform.address.origin };
    // The desk of these tests keeps its things beside the lock.
    const lock = { ...world.lock(page, false), vaults: page.platform.vaults };
    const card = createOwnCard({ ...needs, lock });
    await world.clock.until(() => card.state.value === "ready");
    const ticket = ticketOf(one.ticket);
    const pharmacy = new Counter({ ...needs, vaults: new Browser().vaults(), card }, ticket);
    await world.clock.until(() => pharmacy.state.value === "open");
    await pharmacy.dispense(at(pharmacy, 1), "", true, { name: "Stated", place: "", signs: true });
    await pharmacy.dispense(at(pharmacy, 2), "", true, { ...PHARMACY, signs: false });
    const desk = await atTheDesk(one);
    await world.clock.until(() => at(desk, 1).given[0]?.card?.standing === "unattested");
    const [given] = at(desk, 1).given;
    expect(given?.card?.card?.name).toBe(card.shown.value?.card.name);
    expect(given?.by).toBe(given?.card?.card?.name);
    expect(at(desk, 2).given[0]?.card).toBeNull();
    // The claim names a key that was drawn for it.
    const cell = ticketCell(ticket, 1, 1, ticket.hash);
    const claimed = world.cells.cells.get(b64u(cell.id))?.claimed;
    expect(claimed?.slice(0, 32)).not.toEqual(card.signer?.device.publicKey);
  });

  it("is not dispensed with a card whose device was withdrawn while the page was open", async () => {
    const one = await issued();
    const { world } = one;
    const page = world.page(world.doctorsBrowser, "");
    const needs = { ...page.platform, origin: page.platform.address.origin };
    const lock = { ...world.lock(page, false), vaults: page.platform.vaults };
    const card = createOwnCard({ ...needs, lock });
    await world.clock.until(() => card.state.value === "ready");
    expect(await settled(world.clock, card.confirm())).toBe(true);
    world.registry.withheld = true;
    expect(await settled(world.clock, card.confirm())).toBe(false);
    expect(card.state.value).toBe("unasked");
    world.registry.withheld = false;
    const { devices } = world.registry.devices ?? { devices: [] };
    await world.registry.list(...devices.map((each) => ({ ...each, until: world.registry.now })));
    expect(await settled(world.clock, card.confirm())).toBe(false);
    expect(card.state.value).toBe("revoked");
    expect(card.signer).toBeUndefined();
  });

  it("is dispensed once, whatever two pharmacies do", async () => {
    const one = await issued();
    const [first, second] = [await counter(one), await counter(one)];
    await Promise.all([
      first.dispense(at(first, 1), "", true, PHARMACY),
      second.dispense(at(second, 1), "", true, { name: "Pharmacie B", place: "" }),
    ]);
    const outcomes = [first, second].map((model) => model.outcome.value?.what);
    expect(outcomes.toSorted()).toEqual(["dispensed", "lost"]);
    expect(states(first)).toEqual(states(second));
    expect(first.lines.value[0]?.given).toHaveLength(1);
    expect(first.lied.value || second.lied.value).toBe(false);
  });

  it("has the same receipt after a lost answer, and after the page was loaded anew", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    one.world.relay.down = true;
    await settled(one.world.clock, pharmacy.dispense(at(pharmacy, 1), "1 boîte", true, PHARMACY));
    expect(pharmacy.problem.value?.key).toBe("offline");
    one.world.relay.down = false;
    const again = await counter(one, pharmacy.browser);
    await one.world.clock.until(() => again.outcome.value !== null);
    expect(again.outcome.value).toEqual({ line: 1, what: "dispensed" });
    expect(again.lines.value[0]?.given).toHaveLength(1);
    expect(again.dispenser.value).toEqual(PHARMACY);
    // It is known now: another load tries nothing.
    const third = await counter(one, pharmacy.browser);
    expect(third.outcome.value).toBeNull();
  });

  it("is not gone on with on another day, nor where somebody only looks", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    one.world.relay.down = true;
    await settled(one.world.clock, pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY));
    one.world.relay.down = false;
    await one.world.clock.advance(DAY, DAY);
    const later = await counter(one, pharmacy.browser);
    expect(later.outcome.value).toBeNull();
    expect(states(later)).toEqual(["open 1", "open 2"]);
  });

  it("is the pharmacy's own where its answer was lost and it tries again", async () => {
    const one = await issued();
    const pharmacy = await counter(one, new Browser(), deaf);
    const { cells } = one.world;
    const request = cells.request.bind(cells);
    cells.request = async (method, ...rest) => {
      const answer = await request(method, ...rest);
      if (method === "POST") throw new TypeError("network");
      return answer;
    };
    await settled(one.world.clock, pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY));
    expect(pharmacy.problem.value?.key).toBe("offline");
    cells.request = request;
    await pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY);
    expect(pharmacy.outcome.value).toEqual({ line: 1, what: "dispensed" });
    expect(pharmacy.lines.value[0]?.given).toHaveLength(1);
  });

  it("cannot be shown as it was before its prescriber took a line back", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    const id = b64u(ticketCell(ticketOf(one.ticket), 2, 1, new Uint8Array(32)).id);
    const rollBack = one.world.cells.remember(id);
    const desk = await atTheDesk(one);
    expect(await desk.revoke?.(2, "")).toBe(true);
    await pharmacy.refresh();
    expect(states(pharmacy)).toEqual(["open 1", "revoked 2"]);
    rollBack();
    await pharmacy.refresh();
    expect(pharmacy.problem.value?.key).toBe("rolled_back");
    expect(states(pharmacy)).toEqual(["open 1", "revoked 2"]);
  });

  it("is not dispensed after its end", async () => {
    const one = await issued();
    await one.world.clock.advance(31 * DAY, 31 * DAY);
    const pharmacy = await counter(one);
    expect(states(pharmacy)).toEqual(["expired 1", "expired 2"]);
  });

  it("shows nothing where a receipt was exchanged, and blocks where one is missing", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    await pharmacy.dispense(at(pharmacy, 2), "", false, PHARMACY);
    const box = one.world.relay.mailboxes.boxes.get(b64u(ticketOf(one.ticket).box));
    if (box) box.letters = [];
    const other = await counter(one);
    expect(states(other)).toEqual(["open 1", "unknown 2"]);
    // A step that is claimed before the one before it is nothing that anybody honest did.
    const { cells } = one.world.cells;
    const ticket = ticketOf(one.ticket);
    const cell = (step: number) => cells.get(b64u(ticketCell(ticket, 1, step, ticket.hash).id));
    const taken = cells.get(b64u(ticketCell(ticket, 2, 1, ticket.hash).id))?.claimed;
    const second = cell(2);
    if (second && taken) second.claimed = taken;
    await other.refresh();
    expect(other.problem.value).toMatchObject({ key: "bad_signature", loud: true });
  });

  it("blocks a line alone whose receipts do not hold", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    const ticket = ticketOf(one.ticket);
    // Whoever has seen the code can claim a later step first.
    const keys = ticketCell(ticket, 2, 2, new Uint8Array(32));
    const { platform } = one.world.page(new Browser(), "");
    const api = new Api({ ...platform, origin: platform.address.origin });
    const [claimant, receipt] = [seedSigner(new Uint8Array(32).fill(9)), new Uint8Array(32)];
    const { server } = one.world.registry;
    await claimCell(api, server.publicKey, ticket.claim, keys, claimant.publicKey, receipt);
    await pharmacy.refresh();
    expect(pharmacy.problem.value).toBeNull();
    expect(states(pharmacy)).toEqual(["open 1", "unknown 2"]);
    await pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY);
    expect(states(pharmacy)).toEqual(["given 0", "unknown 2"]);
  });

  it("keeps its ticket where the patient keeps the document", async () => {
    const one = await issued();
    const keeper = keeperIn(one.guest);
    await one.world.clock.until(() => keeper.state.value === "offered");
    void keeper.keep("");
    await one.world.clock.until(() => keeper.state.value === "kept", 60_000);
    const [line] = linesOf(await pageOf(one, one.guestBrowser));
    await line?.open();
    expect(line?.line.value?.document.value?.ticket).toEqual(one.ticket);
  });

  it("is nothing to whoever has another code", async () => {
    const one = await issued();
    const model = await counter({ ...one, ticket: new Uint8Array(32).fill(7) });
    expect(model.state.value).toBe("over");
    expect(model.why.value).toBe("unknown");
    expect(model.shown.value).toBeNull();
  });

  it("says when the server shows another claim than it gave", async () => {
    const one = await issued();
    const [first, second] = [await counter(one), await counter(one, new Browser(), deaf)];
    const ticket = ticketOf(one.ticket);
    const id = b64u(ticketCell(ticket, 1, 1, ticket.hash).id);
    await first.dispense(at(first, 1), "", true, PHARMACY);
    const cell = one.world.cells.cells.get(id);
    if (cell) delete cell.claimed;
    await second.dispense(at(second, 1), "", true, { name: "Pharmacie B", place: "" });
    expect(second.outcome.value?.what).toBe("dispensed");
    expect(first.proofs.value).toEqual([]);
    await first.refresh();
    expect(first.lied.value).toBe(true);
    await first.dispense(at(first, 2), "", true, PHARMACY);
    expect(states(first)).toEqual(["given 0", "open 2"]);

    // Both are kept, once, and the next load knows it from the start.
    await first.refresh();
    const [proof] = first.proofs.value;
    const both = readTwoClaims(proof ?? new Uint8Array(0));
    expect(b64u(both.cell)).toBe(id);
    expect(first.proofs.value).toHaveLength(1);
    const again = await counter(one, first.browser);
    expect(again.lied.value).toBe(true);
    expect(again.proofs.value).toEqual(first.proofs.value);
    expect((await counter(one)).lied.value).toBe(false);
  });

  it("shows what comes as it comes, to all who look", async () => {
    const one = await issued();
    const [pharmacy, other, desk] = [await counter(one), await counter(one), await atTheDesk(one)];
    const { clock } = one.world;
    await pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY);
    // Long before anybody would look again of themselves.
    const shown = (model: CounterModel, state: string) => states(model).includes(state);
    await clock.until(() => shown(other, "given 0") && shown(desk, "given 0"), 1_000);
    await desk.revoke?.(2, "");
    await clock.until(() => shown(other, "revoked 2") && shown(pharmacy, "revoked 2"), 1_000);
    expect(pharmacy.lied.value || other.lied.value).toBe(false);
  });

  it("is not dispensed twice by who said yes to what it was before", async () => {
    const one = await issued();
    const [pharmacy, other] = [await counter(one), await counter(one)];
    const seen = at(other, 2);
    await pharmacy.dispense(at(pharmacy, 2), "", true, PHARMACY);
    await one.world.clock.until(() => states(other).includes("open 1") && at(other, 2).left === 1);
    await other.dispense(seen, "", true, { name: "Pharmacie B", place: "" });
    expect(other.outcome.value).toEqual({ line: 2, what: "lost" });
    expect(at(other, 2).given).toHaveLength(1);
  });

  it("looks of itself where nobody tells, and no more once it is closed", async () => {
    const one = await issued();
    const { clock, cells } = one.world;
    const other = await counter(one, new Browser(), deaf);
    const pharmacy = await counter(one);
    await pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY);
    expect(states(other)).toEqual(["open 1", "open 2"]);
    await clock.until(() => states(other).includes("given 0"), 30_000);
    other.close();
    let asked = 0;
    const request = cells.request.bind(cells);
    cells.request = async (...given) => {
      asked += 1;
      return await request(...given);
    };
    pharmacy.close();
    await clock.advance(60_000, 1_000);
    expect(asked).toBe(0);
  });

  it("takes no answer of before its own claim for a lie", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    const { cells } = one.world;
    const request = cells.request.bind(cells);
    let slow = true;
    cells.request = async (method, ...rest) => {
      const answer = await request(method, ...rest);
      if (slow && method === "GET") await new Promise((done) => setTimeout(done, 50));
      return answer;
    };
    const looking = pharmacy.refresh();
    await Promise.all([looking, pharmacy.dispense(at(pharmacy, 1), "", true, PHARMACY)]);
    slow = false;
    expect(pharmacy.lied.value).toBe(false);
    expect(states(pharmacy)).toEqual(["given 0", "open 2"]);
  });

  it("says when the server hides a claim that it showed, which proves nothing to others", async () => {
    const one = await issued();
    const pharmacy = await counter(one);
    await pharmacy.dispense(at(pharmacy, 2), "", false, PHARMACY);
    await pharmacy.dispense(at(pharmacy, 2), "", true, PHARMACY);
    const ticket = ticketOf(one.ticket);
    const cell = one.world.cells.cells.get(b64u(ticketCell(ticket, 2, 1, ticket.hash).id));
    if (cell) delete cell.claimed;
    await pharmacy.refresh();
    expect(pharmacy.lied.value).toBe(true);
    expect(pharmacy.proofs.value).toEqual([]);
    expect(states(pharmacy)).toEqual(["open 1", "unknown 2"]);
  });
});
