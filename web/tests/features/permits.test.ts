/** Permits that say whose they are: made and withdrawn at a desk, used by somebody whom nobody knows. */
import { describe, expect, it, vi } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import type { SenderModel } from "../../src/features/files/model.ts";
import { createSender } from "../../src/features/files/sender.ts";
import type { Chosen } from "../../src/features/files/source.ts";
import { openArrived } from "../../src/features/permits/opening.ts";
import type { Permits } from "../../src/features/permits/permits.ts";
import { makeDeviceList } from "../../src/sealing/device-list.ts";
import { b64u, concat } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { filesVoucher, makePermit, papersPlace, parsePermit } from "../../src/sealing/permit.ts";
import { Workbench } from "./world/jobs.ts";
import { Browser, World } from "./world/world.ts";

// The pages fetch these late: a clock that a test turns does not wait for the disk.
import "../../src/features/links/opened.ts";
import "../../src/features/permits/making.ts";
import "../../src/features/permits/withdrawing.ts";
import "@scure/bip39/wordlists/english.js";
import "@scure/bip39/wordlists/french.js";

// What it costs is the vectors' business.
vi.mock("../../src/sealing/stretch.ts", () => ({
  stretchBytes: async (secret: Uint8Array, { salt }: { salt: Uint8Array }) =>
    hash(concat(secret, salt)),
}));

const ALLOWED = { bytes: 1e6, days: 7, links: 3 };
const FILE: Chosen = { path: "scan.bin", file: new File([new Uint8Array(1000)], "scan.bin") };

class Lab {
  readonly world = new World();
  readonly browser = new Browser();
  readonly bench = new Workbench(this.world, this.browser);
  desk: DeskModel | undefined;

  get permits() {
    return this.desk?.permits.value ?? expect.fail();
  }

  async open(): Promise<this> {
    const { desk } = this.world.doctor(await this.world.demo());
    this.desk = desk;
    await this.world.clock.until(() => desk.phase.value === "ready");
    return this;
  }

  async permit(label = "Labo"): Promise<string> {
    return (await this.permits.make(label, ALLOWED))?.url ?? expect.fail();
  }

  async page(url: string, browser = this.browser): Promise<SenderModel> {
    const { platform } = this.world.page(browser, url.split("#")[1] ?? "");
    const { runJob } = browser === this.browser ? this.bench : new Workbench(this.world, browser);
    const pick = { chosenFiles: () => [FILE], droppedFiles: async () => [FILE] };
    const model = createSender({ ...platform, runJob, ...pick });
    await this.world.clock.until(() => model.state.value !== "looking" || !!model.problem.value);
    if (model.state.value === "choosing") await model.choosing.choose(null);
    return model;
  }
}

/** Where the papers of a permit lie in the world. */
const papersOf = (url: string): string => {
  const permit = parsePermit(url.split("#")[1] ?? "");
  return b64u(papersPlace(permit).place);
};

describe("a permit that says whose it is", () => {
  it("shows the card first, and brings what was sent to the desk, to be opened without words", async () => {
    const lab = await new Lab().open();
    const model = await lab.page(await lab.permit("Labo de l’Exemple"));
    expect(model.practice.value).toMatchObject({
      checked: "fresh",
      record: { card: { name: "Dr Camille Démo" } },
    });
    expect(model.links.value).toBe(2);
    await model.send("Labo Démo", [
      { to: "Dr Autre", openings: 1 },
      { to: "Łukasz", openings: 3 },
    ]);
    expect(model.problem.value).toBeNull();
    expect(model.sent.value?.practice).toBe("Dr Camille Démo");
    expect(model.sent.value?.links.map(({ to, openings }) => [to, openings])).toEqual([
      ["Dr Autre", 1],
      ["Łukasz", 3],
    ]);
    expect(await model.words(0, "en")).not.toEqual(await model.words(1, "en"));
    await lab.world.clock.until(() => lab.permits.arrived.value.length === 1);
    const [line] = lab.permits.arrived.value;
    expect(line).toMatchObject({
      name: "scan.bin",
      size: 1000,
      label: "Labo de l’Exemple",
      seen: false,
    });
    expect(lab.permits.list.value[0]).toMatchObject({ state: "used" });
    const found = await lab.permits.open(line?.id ?? "");
    expect(lab.permits.arrived.value[0]?.seen).toBe(true);
    const reader = new Workbench(lab.world, lab.world.doctorsBrowser);
    const { platform } = lab.world.page(lab.world.doctorsBrowser, "");
    const { runJob, received, engine, decoders, renderers, line: to } = reader;
    const needs = { ...platform, runJob, received, engine, decoders, renderers, line: to };
    const { files, says } = await openArrived(needs, found ?? expect.fail());
    expect(says).toBe("Labo Démo");
    await files[0]?.start();
    expect(reader.saved.get("scan.bin")?.length).toBe(1000);
    await lab.permits.drop(line?.id ?? "");
    expect(lab.permits.arrived.value).toEqual([]);
    // Nobody is given it again, and nothing more comes with it.
    expect(lab.permits.list.value[0]?.state).toBe("used");
    const { mailboxes } = lab.world.relay;
    const [box] = [...mailboxes.boxes].find(([, { last }]) => last > 0) ?? [];
    mailboxes.append(box ?? "", mailboxes.appended.at(-1) ?? expect.fail());
    await lab.world.clock.advance(1000);
    expect(lab.permits.arrived.value).toEqual([]);
  });

  it("takes no letter whose time is over, and no moment that other devices could not read", async () => {
    const lab = await new Lab().open();
    const letter = {
      t: "files",
      id: "A".repeat(22),
      at: "1960-01-01T00:00:00Z",
      link: b64u(new Uint8Array(32)),
      code: b64u(new Uint8Array(7)),
      name: "scan.bin",
      size: 1000,
    } as const;
    const permits = lab.permits as Permits;
    await permits.take({ ...letter, until: "1965-01-01T00:00:00Z" });
    expect(lab.permits.arrived.value).toEqual([]);
    await permits.take({ ...letter, until: "2999-01-01T00:00:00Z" });
    expect(lab.permits.arrived.value[0]?.at).toBe(0);
  });

  it("brings one letter, whatever is done again", async () => {
    const lab = await new Lab().open();
    const url = await lab.permit();
    const model = await lab.page(url);
    const { mailboxes } = lab.world.relay;
    const before = mailboxes.appended.length;
    mailboxes.down = true;
    void model.send("Labo Démo", []);
    await lab.world.clock.until(() => model.progress.value.waiting);
    expect(mailboxes.appended.length).toBe(before);
    model.pause();
    mailboxes.down = false;
    const again = await lab.page(url);
    await again.send("", []);
    expect(again.sent.value).toEqual({ links: [], practice: "Dr Camille Démo" });
    expect(mailboxes.appended.length).toBe(before + 1);
    await lab.world.clock.until(() => lab.permits.arrived.value.length === 1);
  });

  it("is withdrawn while nobody has used it, and says so on the sender's page", async () => {
    const lab = await new Lab().open();
    const [url, other] = [await lab.permit("one"), await lab.permit("other")];
    const blobs = lab.world.blobs.size;
    const id = lab.permits.list.value.find(({ label }) => label === "one")?.id ?? "";
    await lab.permits.withdraw(id);
    expect(lab.permits.problem.value).toBeNull();
    const line = lab.permits.list.value.find((one) => one.id === id);
    expect(line?.state).toBe("withdrawn");
    expect(lab.world.blobs.size).toBe(blobs - 1);
    const refused = await lab.page(url);
    expect(refused.state.value).toBe("over");
    expect(refused.problem.value).toMatchObject({ key: "permit_withdrawn", loud: true });
    // The other one goes on, with the key of now.
    const model = await lab.page(other);
    await model.send("Labo Démo", []);
    expect(model.state.value).toBe("sent");
    await lab.world.clock.until(() => lab.permits.arrived.value.length === 1);
    await lab.permits.forget(id);
    expect(lab.permits.list.value).toHaveLength(1);
  });

  it("is not withdrawn once it was used", async () => {
    const lab = await new Lab().open();
    const url = await lab.permit();
    const voucher = b64u(hash(filesVoucher(parsePermit(url.split("#")[1] ?? ""))));
    const known = lab.world.vouchers.known.get(voucher);
    if (known) known.spent = 1;
    await lab.permits.withdraw(lab.permits.list.value[0]?.id ?? "");
    expect(lab.permits.list.value[0]?.state).toBe("begun");
  });

  it("sends nothing where the papers are another permit's, or another practice's", async () => {
    const lab = await new Lab().open();
    const [url, other] = [await lab.permit(), await lab.permit()];
    const { blobs } = lab.world;
    const [mine, theirs] = [blobs.get(papersOf(url)), blobs.get(papersOf(other))];
    blobs.set(papersOf(url), theirs ?? expect.fail());
    const exchanged = await lab.page(url);
    expect(exchanged.problem.value).toMatchObject({ key: "permit_forged", loud: true });
    blobs.set(papersOf(url), mine ?? expect.fail());
    const permit = parsePermit(url.split("#")[1] ?? "");
    const bent = makePermit("http://localhost:8480", {
      ...permit,
      practice: new Uint8Array(16).fill(1),
    });
    const another = await lab.page(bent);
    expect(another.problem.value).toMatchObject({ key: "permit_forged", loud: true });
    // The form of before.
    const old = await lab.page(`${url.slice(0, -1)}`);
    expect(old.problem.value?.key).toBe("bad_link");
    expect((await lab.page(url)).state.value).toBe("choosing");
  });

  it("says that nobody could be asked, and refuses a device that was withdrawn", async () => {
    const lab = await new Lab().open();
    const url = await lab.permit();
    const { registry } = lab.world;
    registry.withheld = true;
    const unasked = await lab.page(url);
    expect(unasked.practice.value?.checked).toBe("unknown");
    expect(unasked.state.value).toBe("choosing");
    registry.withheld = false;
    registry.age = 3 * 24 * 3600;
    expect((await lab.page(url)).practice.value?.checked).toBe("stale");
    registry.age = 0;
    const [first] = registry.devices?.devices ?? [];
    if (!first || !registry.identity) expect.fail();
    const until = registry.now;
    registry.devices = await makeDeviceList(registry.identity, {
      version: 2,
      issued: until,
      devices: [{ ...first, until }],
    });
    const refused = await lab.page(url);
    expect(refused.state.value).toBe("over");
    expect(refused.problem.value).toMatchObject({ key: "permit_revoked", loud: true });
  });

  it("takes one letter for each permit", async () => {
    const lab = await new Lab().open();
    const url = await lab.permit();
    await (await lab.page(url)).send("Labo Démo", []);
    await lab.world.clock.until(() => lab.permits.arrived.value.length === 1);
    // Somebody who has the permit, too, appends the same letter, and none else can be read.
    const { mailboxes } = lab.world.relay;
    const [letter] = mailboxes.appended.slice(-1);
    const [box] = [...mailboxes.boxes].find(([, { last }]) => last > 0) ?? [];
    mailboxes.append(box ?? "", letter ?? expect.fail());
    await lab.world.clock.advance(1000);
    expect(lab.permits.arrived.value).toHaveLength(1);
  });
});
