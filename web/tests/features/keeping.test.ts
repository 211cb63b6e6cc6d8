/** What a patient keeps: from the offer in a consult to a second visit, on one device and on two. */
import { describe, expect, it } from "vitest";
import { readArchive, type Words } from "../../src/features/keeping/archive.ts";
import type { DocumentsModel } from "../../src/features/keeping/documents.ts";
import { Home } from "../../src/features/keeping/home.ts";
import type { Persona } from "../../src/features/keeping/persona.ts";
import { dataOf, recordsOf } from "../../src/features/keeping/records.ts";
import type { Http } from "../../src/features/ports.ts";
import { changed } from "../../src/features/vault/shared.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { padme } from "../../src/sealing/padme.ts";
import { placeOf } from "../../src/sealing/ring.ts";
import { vaultKey } from "../../src/sealing/vault.ts";
import { type Consult, talking } from "./world/consults.ts";
import {
  bytes,
  documentsIn,
  keeperIn,
  kept,
  linesOf,
  pageOf,
  send,
  sent,
} from "./world/keeping.ts";
import { Browser, World } from "./world/world.ts";

/** What a browser keeps, as its page of documents begins. */
async function homeOf({ world }: Consult, browser: Browser): Promise<Home> {
  const { platform } = world.page(browser, "");
  const home = await Home.found(platform);
  if (!home) throw new Error("nothing is kept");
  await home.start();
  for (const persona of home.personas.value) await persona.start();
  return home;
}

const WORDS: Words = {
  language: "en",
  title: "My documents",
  lead: "",
  prescription: "",
  report: "",
  file: "",
  check: "",
  notAttested: "",
  twice: "two signatures",
  signed: (name, day) => `${name} ${day}`,
  attested: (registrar) => registrar,
};

const contents = async (home: Home): Promise<string[]> => {
  const [persona] = home.personas.value;
  const opened = await Promise.all(
    persona?.documents.value.map(({ data }) => persona.open(data)) ?? [],
  );
  return opened.flatMap(({ parts: held }) =>
    held.map((part) => new TextDecoder().decode(part.bytes)),
  );
};

const AGE_HEADER = "age-encryption.org/v1\n-> mlkem768x25519 ";

const signerOf = (headers: Readonly<Record<string, string>>): string =>
  /keyid="([^"]+)"/.exec(headers["signature-input"] ?? "")?.[1] ?? "";

/** The public keys, as base64url, that a persona's requests are signed with. */
function keysOf(persona: Persona | undefined): ReadonlySet<string> {
  if (!persona) return new Set();
  const { owner, reader } = vaultKey(persona.about.vault);
  const records = persona.vault.records.value;
  const seeds = [
    ...recordsOf(records, "mailbox").map(({ data }) => data.owner),
    ...recordsOf(records, "document").flatMap(({ data }) => [data.owner, data.read]),
  ];
  const signers = [owner, reader, ...seeds.map(seedSigner)];
  return new Set(signers.map(({ publicKey }) => b64u(publicKey)));
}

/** Every id, key, hash and voucher in some requests: texts of their lengths, and windows of bodies. */
function tracesOf(
  keys: ReadonlySet<string>,
  requests: readonly Parameters<Http>[0][],
): ReadonlySet<string> {
  const found = new Set(keys);
  for (const { target, headers, body = new Uint8Array() } of requests) {
    const text = `${target} ${JSON.stringify(headers)} ${new TextDecoder().decode(body)}`;
    for (const [token] of text.matchAll(/(?<![\w-])(?:[\w-]{22}|[\w-]{43})(?![\w-])/g)) {
      found.add(token);
    }
    for (let at = 0; at + 16 <= body.length; at += 1) {
      const window = body.subarray(at, at + 16);
      // Zeros stand for keys that nobody has, and pad; all age files begin alike.
      const zeros = window.filter((byte) => byte === 0).length;
      const common = AGE_HEADER.includes(new TextDecoder("latin1").decode(window.slice(0, 12)));
      if (zeros < 8 && !common) found.add(b64u(window));
    }
  }
  return found;
}

const DAY = 24 * 3600 * 1000;
const YEAR = 365 * DAY;

/** Whatever at the server a home needs, by its path: cells, pages, mailboxes, documents. */
function pathsOf(home: Home): Set<string> {
  const vaults = [home.vault, ...home.personas.value.map(({ vault }) => vault)];
  return new Set(
    vaults.flatMap(({ things, records }) => [
      ...(things ? [things.cell.path, things.page.path] : []),
      ...recordsOf(records.value, "mailbox").map(({ data }) => `/v1/mailboxes/${b64u(data.id)}`),
      ...recordsOf(records.value, "document").map(({ data }) => `/v1/blobs/${data.blob}`),
    ]),
  );
}

describe("keeping documents", () => {
  it("offers, and keeps what had come before", async () => {
    const consult = await kept();
    const home = await homeOf(consult, consult.guestBrowser);
    expect(home.personas.value[0]?.about).toMatchObject({ name: "Dr Camille Démo", holder: "" });
    expect(await contents(home)).toEqual(["a document"]);
    home.close();
  });

  it("shows them on a page of their own, on a second device too", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const page = await pageOf(consult, guestBrowser);
    const first = linesOf(page)[0];
    await first?.open();
    expect(first?.line.value).toMatchObject({ state: "verified" });
    expect(first?.isNew).toBe(true);
    const phone = new Browser();
    const secret = (await Home.found(world.page(guestBrowser, "").platform))?.secret;
    await Home.made(world.page(phone, "").platform, secret);
    const there = await pageOf(consult, phone);
    // What comes while no page of the consult is open reaches both.
    const letters = [...world.relay.mailboxes.boxes.values()].map(({ last }) => last);
    expect(Math.max(...letters)).toBeGreaterThan(0);
    expect(linesOf(there).map(({ id }) => id)).toEqual(linesOf(page).map(({ id }) => id));
    const again = await pageOf(consult, guestBrowser);
    expect(linesOf(again)[0]?.isNew).toBe(false);
  });

  it("exports everything, with what proves who wrote it", async () => {
    const consult = await kept();
    const page = await pageOf(consult, consult.guestBrowser);
    const made = await page.exportAll(WORDS, false);
    const [packed] = await readArchive(made?.bytes ?? new Uint8Array());
    expect(packed?.parts).toEqual([bytes]);
    expect(packed?.authorship.card?.name).toBe("Dr Camille Démo");
    const sealed = await page.exportAll(WORDS, true);
    expect(sealed?.opens).toMatch(/^AGE-SECRET-KEY-PQ-1/);
    expect(page.problem.value).toBeNull();
  });

  it("brings an export along to another server, once", async () => {
    const before = await kept();
    const exported = await (await pageOf(before, before.guestBrowser)).exportAll(WORDS, false);
    const elsewhere = await kept();
    const page = await pageOf(elsewhere, elsewhere.guestBrowser);
    const [practice] = page.practices.value;
    const file = new Blob([new Uint8Array(exported?.bytes ?? [])]);
    expect(await page.bring(file, practice?.id ?? "")).toBe(1);
    expect(await page.bring(file, practice?.id ?? "")).toBe(0);
    expect(linesOf(page)).toHaveLength(2);
    for (const line of linesOf(page)) await line.open();
    expect(linesOf(page).map(({ line }) => line.value?.state)).toEqual(["verified", "verified"]);
    const altered = new Uint8Array(await file.arrayBuffer());
    altered[70] = (altered[70] ?? 0) ^ 1;
    expect(await page.bring(new Blob([altered]), practice?.id ?? "")).toBe(0);
    expect(page.bringing.value?.key).toBe("no_export");
    const endless = { size: 2 ** 30, arrayBuffer: () => new Blob().arrayBuffer() };
    expect(await page.bring(endless, practice?.id ?? "")).toBe(0);
    expect(page.bringing.value?.key).toBe("export_too_large");
  });

  it("opens a protected export with its code, and says what is wrong with another", async () => {
    const before = await kept();
    const from = await pageOf(before, before.guestBrowser);
    const made = await from.exportAll(WORDS, true);
    const other = await from.exportAll(WORDS, true);
    const elsewhere = await kept();
    const page = await pageOf(elsewhere, elsewhere.guestBrowser);
    const file = new Blob([new Uint8Array(made?.bytes ?? [])]);
    const code = made?.opens ?? "";
    const outcome = async (given?: string): Promise<unknown> => {
      const count = await page.bring(file, page.practices.value[0]?.id ?? "", given);
      return page.bringing.value?.key ?? count;
    };
    expect(await outcome()).toBe("code_wanted");
    expect(await outcome(code.replace(/.$/, code.endsWith("Q") ? "P" : "Q"))).toBe("code_mistyped");
    expect(await outcome(other?.opens ?? "")).toBe("code_other");
    // As it stands on the screen.
    const shown = code
      .replace(/.*-1/, "")
      .match(/.{1,4}/g)
      ?.join(" ");
    expect(await outcome(shown?.toLowerCase())).toBe(1);
    expect(await outcome(code)).toBe(0);
  });

  it("erases everything, and says what is gone", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const page = await pageOf(consult, guestBrowser);
    const receipt = await page.erase();
    expect(receipt?.trim().split("\n")).toHaveLength(1 + 4);
    expect(page.state.value).toBe("erased");
    // The practice has a vault of its own.
    const gone = receipt?.match(/vault \S+/g)?.map((line) => line.slice(6)) ?? [];
    expect(gone).toHaveLength(2);
    expect(gone.filter((id) => world.cells.cells.has(id))).toEqual([]);
    expect(guestBrowser.scopes()).not.toContain("home");
    // The practice's mailbox, and the one that the room gave.
    expect(world.relay.mailboxes.boxes.size).toBe(2);
    const after = documentsIn(world, guestBrowser, "");
    await world.clock.until(() => after.state.value === "none");
  });

  it("keeps nothing where the practice has nothing to give, and says so", async () => {
    const consult = await talking();
    const { world, guest } = consult;
    await send(consult);
    await world.clock.until(() => sent(consult) === "verified");
    world.vouchers.register = () => {
      throw new TypeError("network");
    };
    const keeper = keeperIn(guest);
    await world.clock.until(() => keeper.state.value === "offered");
    void keeper.keep("");
    await world.clock.until(() => keeper.problem.value !== null, 60_000);
    expect(keeper.problem.value?.key).toBe("keep_unavailable");
    expect(keeper.state.value).toBe("offered");
  });

  it("gives everything to another device that scans a code", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const page = await pageOf(consult, guestBrowser);
    await page.addDevice();
    const showing = page.ways.adding.value;
    const fragment = showing?.link.value.split("#")[1] ?? "";
    const phone = documentsIn(world, new Browser(), fragment);
    await world.clock.until(() => phone.ways.asking.value !== null);
    await phone.ways.asking.value?.ask("Phone");
    await world.clock.until(() => phone.ways.asking.value?.phase.value === "code", 20_000);
    await world.clock.until(() => showing?.phase.value === "code", 20_000);
    await showing?.enter(phone.ways.asking.value?.code.value ?? "");
    await world.clock.until(() => linesOf(phone).length === 1, 20_000);
    await linesOf(phone)[0]?.open();
    expect(linesOf(phone)[0]?.line.value?.state).toBe("verified");
  });

  it("is got back with two ways where every device is lost", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const page = await pageOf(consult, guestBrowser);
    await page.changeWays();
    const ways = page.ways.changing.value;
    await ways?.start("sheet", "Paper", "en");
    const sheet = ways?.making.value;
    if (sheet?.kind !== "sheet") throw new Error("a sheet is being made");
    ways?.printed();
    await ways?.check(sheet.asked.map((place) => sheet.words[place - 1] ?? ""));
    await ways?.start("passkey", "Phone", "en");
    await ways?.makePasskey();
    await ways?.finish();
    expect(ways?.state.value).toBe("done");
    const wiped = new Browser(guestBrowser.passkeys);
    const again = documentsIn(world, wiped, "");
    await world.clock.until(() => again.state.value === "none");
    await again.recover();
    await again.ways.recovering.value?.giveSheet(sheet.words.join(" "));
    await again.ways.recovering.value?.givePasskey();
    await world.clock.until(() => linesOf(again).length === 1, 20_000);
    await linesOf(again)[0]?.open();
    expect(linesOf(again)[0]?.line.value?.state).toBe("verified");
    // They can be changed from there, too.
    await again.changeWays();
    expect(again.ways.changing.value?.ways.value).toHaveLength(2);
    again.leaveWays();
    // One supply lasts for two ways back and two devices more.
    for (const _ of [1, 2]) {
      await again.addDevice();
      expect(again.ways.adding.value?.phase.value).toBe("showing");
      again.stopAdding();
    }
    expect(again.problem.value).toBeNull();
    // Who goes on alone makes new ones: what opened the old ones may be known.
    await again.takeOthersOut();
    expect(again.problem.value).toBeNull();
    const late = documentsIn(world, new Browser(guestBrowser.passkeys), "");
    await world.clock.until(() => late.state.value === "none");
    await late.recover();
    await late.ways.recovering.value?.giveSheet(sheet.words.join(" "));
    await late.ways.recovering.value?.givePasskey();
    expect(late.ways.recovering.value?.trouble.value).toEqual({ what: "taken-out" });
    await again.changeWays();
    expect(again.ways.changing.value?.ways.value).toEqual([]);
  });

  it("lists the devices, by the names that they are given", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const phone = new Browser();
    const secret = (await Home.found(world.page(guestBrowser, "").platform))?.secret;
    await Home.made(world.page(phone, "").platform, secret, "Phone");
    const page = await pageOf(consult, guestBrowser);
    const there = await pageOf(consult, phone);
    await world.clock.until(() => page.devices.value.length === 2, 20_000);
    const named = (shown: DocumentsModel) =>
      Object.fromEntries(shown.devices.value.map(({ label, here }) => [label, here]));
    expect(named(page)).toEqual({ "": true, Phone: false });
    const own = page.devices.value.find(({ here }) => here);
    await page.renameDevice(own?.id ?? "", " Tablet ");
    await world.clock.until(() => "Tablet" in named(there), 20_000);
    expect(named(there)).toEqual({ Tablet: false, Phone: true });
  });

  it("goes on without the other devices, which get nothing more", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const phone = new Browser();
    const before = await homeOf(consult, guestBrowser);
    const [persona] = before.personas.value;
    const address = persona?.address;
    await Home.made(world.page(phone, "").platform, before.secret, "Phone");
    const there = await pageOf(consult, phone);
    before.close();
    const page = await pageOf(consult, guestBrowser);
    await page.takeOthersOut();
    expect(page.problem.value).toBeNull();
    expect(page.devices.value.map(({ here }) => here)).toEqual([true]);
    const after = await homeOf(consult, guestBrowser);
    expect(await contents(after)).toEqual(["a document"]);
    expect(b64u(after.secret)).not.toBe(b64u(before.secret));
    const now = after.personas.value[0]?.address;
    expect(b64u(now?.mailbox ?? new Uint8Array())).not.toBe(
      b64u(address?.mailbox ?? new Uint8Array()),
    );
    after.close();
    // What the other one knows is nothing any more.
    const stale = await Home.made(world.page(new Browser(), "").platform, before.secret);
    await expect(stale.start()).rejects.toMatchObject({ code: "not_found" });
    const gone = documentsIn(world, phone, "");
    await world.clock.until(() => gone.problem.value?.key === "kept_gone", 20_000);
    expect(gone.gone.value).toBe(true);
    expect(linesOf(there)).toHaveLength(1);
    // It can be added again.
    const owner = await pageOf(consult, guestBrowser);
    await owner.addDevice();
    const fragment = owner.ways.adding.value?.link.value.split("#")[1] ?? "";
    const again = documentsIn(world, phone, fragment);
    await world.clock.until(() => again.ways.asking.value !== null, 20_000);
    await again.ways.asking.value?.ask("Phone");
    await world.clock.until(() => owner.ways.adding.value?.phase.value === "code", 20_000);
    await owner.ways.adding.value?.enter(again.ways.asking.value?.code.value ?? "");
    await world.clock.until(() => linesOf(again).length === 1, 20_000);
    await linesOf(again)[0]?.open();
    expect(linesOf(again)[0]?.line.value?.state).toBe("verified");
  });

  it.each([2, 9, 16, 22, 29, 36])(
    "finishes to take others out where the page was closed after %i requests",
    async (requests) => {
      const world = new World();
      let left = Number.POSITIVE_INFINITY;
      const { http } = world;
      Object.assign(world, {
        http: (request: Parameters<Http>[0]) => {
          left -= 1;
          return left < 0 ? Promise.reject(new TypeError("closed")) : http(request);
        },
      });
      const consult = await kept({ world });
      const page = await pageOf(consult, consult.guestBrowser);
      left = requests;
      void page.takeOthersOut();
      await world.clock.advance(60_000);
      left = Number.POSITIVE_INFINITY;
      const again = await pageOf(consult, consult.guestBrowser);
      await world.clock.advance(20_000);
      expect(again.problem.value).toBeNull();
      for (const line of linesOf(again)) await line.open();
      expect(linesOf(again).map(({ line }) => line.value?.state)).toEqual(["verified"]);
    },
  );

  it("at two practices leaves nothing at the server that links the two", async () => {
    const world = new World();
    const asked: Parameters<Http>[0][] = [];
    const { http } = world;
    Object.assign(world, {
      http: (request: Parameters<Http>[0]) => {
        asked.push(request);
        return http(request);
      },
    });
    const patients = new Browser();
    await kept({ world, patients });
    const consult = await kept({ world, patients, doctors: new Browser() });
    const home = await homeOf(consult, patients);
    const [one, other, ...more] = home.personas.value.map((persona) =>
      tracesOf(
        keysOf(persona),
        asked.filter(({ headers }) => keysOf(persona).has(signerOf(headers))),
      ),
    );
    expect(more).toEqual([]);
    const common = [...(one ?? [])].filter((trace) => other?.has(trace));
    expect(common).toEqual([]);
    // What it looks for is found where it is: ids, keys, vouchers.
    expect(one?.size).toBeGreaterThan(1_000);
    expect([...keysOf(home.personas.value[0])].filter((key) => one?.has(key))).not.toEqual([]);
    const sizes = asked
      .filter(({ target, method }) => method === "PUT" && target.startsWith("/v1/blobs/"))
      .map(({ target }) => Number(new URLSearchParams(target.split("?")[1]).get("length")));
    expect(sizes.filter((size) => padme(size) !== size)).toEqual([]);
    home.close();
  });

  it("is given more in a later consult of the practice, before it runs out", async () => {
    const consult = await kept();
    const { world, guestBrowser, desk } = consult;
    const home = await homeOf(consult, guestBrowser);
    const [persona] = home.personas.value;
    await persona?.vault.change((records) =>
      recordsOf(records, "vouchers").map(({ id, data }) => {
        const left = { vouchers: data.vouchers.slice(0, 3) };
        return changed(records, { id, kind: "vouchers", data: dataOf("vouchers", left) });
      }),
    );
    expect(persona?.left).toBeLessThan(4);
    await home.pocket().fill(16);
    expect(home.left).toBeLessThan(4);
    home.close();
    const known = world.vouchers.known.size;
    const made = await desk.newConsult("");
    await world.clock.until(() => made.state.value === "open");
    const { guest } = world.patient(guestBrowser, made.links.value[0]?.split("#")[1] ?? "");
    await guest.begin();
    await world.clock.until(() => guest.connection.value === "open");
    await guest.knock("Ana Martin", "Cough");
    await world.clock.until(() => made.waiting.value.length === 1);
    await made.admit(made.waiting.value[0]?.peer ?? 0);
    await world.clock.until(() => guest.call.value?.link.value === "secure", 20_000);
    await world.clock.until(() => guest.keepable() !== null);
    const keeper = keeperIn(guest);
    await world.clock.until(() => keeper.state.value === "kept", 20_000);
    await world.clock.until(() => world.vouchers.known.size > known + 28, 20_000);
    await world.clock.advance(5_000);
    const after = await homeOf(consult, guestBrowser);
    expect(after.personas.value[0]?.left).toBeGreaterThan(10);
    expect(after.left).toBeGreaterThan(18);
    after.close();
  });

  it("is renewed with later vouchers, while it is used", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const first = await homeOf(consult, guestBrowser);
    await world.clock.advance(1_000);
    const mine = (): number[] =>
      [...world.vouchers.ends].flatMap(([path, ends]) => (pathsOf(first).has(path) ? [ends] : []));
    const [end] = mine();
    expect(mine()).toEqual(Array(6).fill(end));
    first.close();
    // Two years and a half later nothing that was given lasts longer.
    await world.clock.advance(2.5 * YEAR, YEAR);
    const before = await homeOf(consult, guestBrowser);
    const { left } = before;
    await world.clock.advance(1_000);
    expect(before.left).toBe(left);
    // The practice gives more.
    const more = b64u(new Uint8Array(16).fill(1));
    const ends = Math.floor((world.clock.now() + 3 * YEAR) / 1000);
    const given = (count: number) =>
      Array.from({ length: count }, () => world.vouchers.given(65_536, ends));
    await before.refill(more, given(12));
    await before.personas.value[0]?.refill(more, [
      ...given(12),
      world.vouchers.given(1024 * 1024, ends),
    ]);
    before.close();
    await world.clock.advance(2 * DAY, DAY);
    const after = await homeOf(consult, guestBrowser);
    await world.clock.advance(1_000);
    const paths = pathsOf(after);
    expect(paths.size).toBe(6);
    expect([...paths].map((path) => world.vouchers.ends.get(path))).toEqual(Array(6).fill(ends));
    const spent = [after.left, after.personas.value[0]?.left];
    after.close();
    // Nothing more is spent on it, however often it is opened.
    for (const _ of [1, 2, 3]) {
      await world.clock.advance(2 * DAY, DAY);
      const again = await homeOf(consult, guestBrowser);
      await world.clock.advance(1_000);
      expect([again.left, again.personas.value[0]?.left]).toEqual(spent);
      again.close();
    }
    // And the first ends are over.
    await world.clock.advance(YEAR, YEAR);
    const page = await pageOf(consult, guestBrowser);
    await linesOf(page)[0]?.open();
    expect(linesOf(page)[0]?.line.value?.state).toBe("verified");
  });

  it("renews the cells of its ways back", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const home = await homeOf(consult, guestBrowser);
    const means = { kind: "sheet", secret: new Uint8Array(16).fill(7) } as const;
    const held = [{ ...means, label: "Paper", made: "2026-03-01T09:30:00Z" }];
    const data = dataOf("ring", { root: new Uint8Array(32).fill(8), held });
    const id = b64u(new Uint8Array(16).fill(9));
    await home.vault.change((records) => [changed(records, { id, kind: "ring", data })]);
    const path = `/v1/cells/${b64u(placeOf(means))}`;
    const soon = Math.floor((world.clock.now() + 100 * DAY) / 1000);
    world.vouchers.ends.set(path, soon);
    home.close();
    const again = await homeOf(consult, guestBrowser);
    await world.clock.until(() => (world.vouchers.ends.get(path) ?? 0) > soon);
    again.close();
  });

  it("begins anew where the browser has forgotten everything", async () => {
    const consult = await kept();
    const wiped = documentsIn(consult.world, new Browser(), "");
    await consult.world.clock.until(() => wiped.state.value === "none");
  });

  it("goes on by itself after a reload, and keeps what comes then", async () => {
    const consult = await kept();
    const { world, guestBrowser } = consult;
    const { guest: again } = world.patient(guestBrowser);
    await world.clock.until(() => again.call.value !== null, 10_000);
    const keeper = keeperIn(again);
    await world.clock.until(() => keeper.state.value === "kept", 20_000);
    await send(consult);
    await world.clock.until(() => sent(consult, 1) === "verified", 20_000);
    await world.clock.until(() => keeper.state.value === "kept", 20_000);
    await world.clock.advance(1_000);
    const home = await homeOf(consult, guestBrowser);
    expect(await contents(home)).toEqual(["a document", "a document"]);
    home.close();
  });
});
