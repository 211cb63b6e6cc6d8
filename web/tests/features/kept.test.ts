/** Templates and favourites: one device keeps, the others have them; what is erased stays erased. */
import { describe, expect, it } from "vitest";
import type { DeskModel } from "../../src/features/desk/desk.ts";
import { KEPT_LIMITS, keptId } from "../../src/features/paper/kept.ts";
import { createTemplates, type Template } from "../../src/features/reports/templates.ts";
import { deskVault, keptTexts, vaultBut } from "../prescription/kept.ts";
import { added, enrolled } from "./world/devices.ts";

const template = (name: string, text: string): Template => ({
  name,
  kind: "consultation",
  sections: [{ key: "plan", title: "Conduite à tenir", text }],
});
const texts = (desk: DeskModel) =>
  createTemplates(desk.kept).list.value.map(({ name, sections }) => [name, sections[0]?.text]);

describe("what a practice keeps to write again", () => {
  it("is on all its devices, and gone from all", async () => {
    const all = await enrolled();
    const { clock } = all.world;
    await clock.until(() => all.laptop.kept.value !== null);
    const laptop = createTemplates(all.laptop.kept);
    expect(await laptop.add(template("Suivi", "Revoir dans un mois."))).toBe(true);
    const { phone } = await added(all);
    await clock.until(() => texts(phone).length === 1);
    expect(texts(phone)).toEqual([["Suivi", "Revoir dans un mois."]]);
    // Another text under that name takes its place everywhere.
    expect(await createTemplates(phone.kept).add(template("Suivi", "Repos."))).toBe(true);
    await clock.until(() => texts(all.laptop)[0]?.[1] === "Repos.");
    expect(texts(all.laptop)).toHaveLength(1);
    await laptop.remove(laptop.list.value[0]?.id ?? "");
    await clock.until(() => texts(phone).length === 0);
    await clock.advance(60_000);
    expect([texts(all.laptop), texts(phone)]).toEqual([[], []]);
    // What was erased can be kept again.
    expect(await laptop.add(template("Suivi", "Repos."))).toBe(true);
    await clock.until(() => texts(phone).length === 1);
  });

  it("is what both have kept, where two kept something under one name at once", async () => {
    const all = await enrolled();
    const { clock } = all.world;
    const { phone } = await added(all);
    await clock.until(() => phone.kept.value !== null);
    const here = createTemplates(all.laptop.kept).add(template("Suivi", "Du portable."));
    const there = createTemplates(phone.kept).add(template("Suivi", "Du téléphone."));
    expect(await Promise.all([here, there])).toEqual([true, true]);
    const both = (desk: DeskModel) =>
      texts(desk)
        .map(([, text]) => text)
        .sort();
    await clock.until(() => texts(phone).length === 2 && texts(all.laptop).length === 2);
    expect(both(phone)).toEqual(["Du portable.", "Du téléphone."]);
    expect(both(all.laptop)).toEqual(both(phone));
  });
});

describe("the texts of one device", () => {
  const text = (data: string) => ({ kind: "template", data }) as const;

  it("hold so many bytes, and no more", async () => {
    const kept = keptTexts();
    const long = "x".repeat(KEPT_LIMITS.bytes / 4);
    const put = (n: number) => kept.put(text(`${n}${long}`), []);
    expect([await put(1), await put(2), await put(3), await put(4)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(kept.all.value.size).toBe(3);
    // Another device has kept it: it is not lost here.
    await kept.adopt(keptId(text(`4${long}`)), text(`4${long}`));
    expect(kept.all.value.size).toBe(4);
  });

  it("do not take one that stands under another's id", async () => {
    const kept = keptTexts();
    await kept.adopt(keptId(text("a")), text("b"));
    expect((await kept.records()).size).toBe(0);
  });

  it("are not taken for gone where they cannot be read", async () => {
    const vault = deskVault();
    await keptTexts(vault).put(text("a"), []);
    let broken = true;
    const names = () => (broken ? Promise.reject(new Error("disk")) : vault.names());
    const kept = keptTexts(vaultBut(vault, { names }));
    await expect(kept.records()).rejects.toThrow("disk");
    broken = false;
    expect((await kept.records()).size).toBe(1);
  });
});
