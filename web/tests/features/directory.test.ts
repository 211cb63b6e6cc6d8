import { describe, expect, it } from "vitest";
import { createDirectory } from "../../src/features/practitioners/directory.ts";
import { type Card, signAttestation, signCard } from "../../src/sealing/card.ts";
import { b64u, jsonBytes } from "../../src/sealing/encoding.ts";
import { hash } from "../../src/sealing/kdf.ts";
import { type Signer, seedSigner } from "../../src/sealing/keys.ts";
import { FakeClock, settle } from "./world/clock.ts";

const REGISTRAR = seedSigner(new Uint8Array(32).fill(5));
const NOBODY = seedSigner(new Uint8Array(32).fill(6));

const card = (name: string): Card => ({
  version: 1,
  issued: "2026-03-01T09:30:00Z",
  name,
  profession: "Médecin",
  speciality: "",
  rpps: "",
  address: "",
  place: "Lyon",
  languages: ["fr"],
  listed: true,
  second: "",
});

interface Entry {
  readonly card: string;
  readonly attestation: string;
}

async function entry(name: string, registrar?: Signer): Promise<Entry> {
  const raw = await signCard(card(name), seedSigner(hash(new TextEncoder().encode(name))));
  if (!registrar) return { card: b64u(raw), attestation: "" };
  const said = { card: hash(raw), issued: "2026-03-02T09:30:00Z", registrar: "Registre" };
  const attestation = await signAttestation({ ...said, checked: ["identity"] }, registrar);
  return { card: b64u(raw), attestation: b64u(attestation) };
}

function open(answers: Record<string, readonly Entry[]>, after: string | null = null) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const server = { down: false };
  const directory = createDirectory({
    clock,
    random: (n) => new Uint8Array(n),
    address: {
      origin: "https://aparte.example",
      fragment: () => "",
      clearFragment: () => undefined,
    },
    http: async ({ target }) => {
      if (server.down) throw new TypeError("network");
      const headers = new Headers();
      const keys = { key: b64u(NOBODY.publicKey), registrar: b64u(REGISTRAR.publicKey) };
      if (target === "/v1/server") return { status: 200, headers, body: jsonBytes(keys) };
      const query = target.split("?")[1] ?? "";
      asked.push(query);
      const practitioners = answers[query] ?? [];
      const next = query.includes("after") ? null : after;
      return { status: 200, headers, body: jsonBytes({ practitioners, after: next }) };
    },
  });
  return { clock, directory, asked, server };
}

describe("the directory", () => {
  it("shows whom the server lists, and who has checked them", async () => {
    const listed = [await entry("Dr Ana"), await entry("Dr Zoé", REGISTRAR)];
    const { clock, directory } = open({ "": listed });
    await clock.until(() => directory.state.value === "shown");
    expect(directory.found.value.map((one) => one.card.name)).toEqual(["Dr Ana", "Dr Zoé"]);
    const [ana, zoe] = directory.found.value;
    expect([ana?.attestation, zoe?.attestation?.registrar]).toEqual([undefined, "Registre"]);
    expect(directory.more.value).toBe(false);
  });

  it("asks once one has stopped typing, and for the last word alone", async () => {
    const zoe = await entry("Dr Zoé");
    const { clock, directory, asked } = open({ "name=zo%C3%A9&language=fr": [zoe] });
    await clock.until(() => directory.state.value === "shown");
    for (const name of ["z", "zo", "zoé"]) {
      directory.seek({ name });
      await clock.advance(100);
    }
    directory.seek({ language: "fr" });
    await clock.until(() => directory.found.value.length === 1);
    expect(asked).toEqual(["", "name=zo%C3%A9&language=fr"]);
  });

  it("goes on where the first page ended", async () => {
    const [ana, zoe] = [await entry("Dr Ana"), await entry("Dr Zoé")];
    const { clock, directory } = open({ "": [ana], "after=AAAA": [zoe] }, "AAAA");
    await clock.until(() => directory.more.value);
    await directory.showMore();
    expect(directory.found.value.map((one) => one.card.name)).toEqual(["Dr Ana", "Dr Zoé"]);
    expect(directory.more.value).toBe(false);
  });

  it("shows nobody where a card or its check was forged", async () => {
    const zoe = await entry("Dr Zoé");
    const altered = { ...zoe, card: `${zoe.card.slice(0, -8)}AAAAAAAA` };
    for (const [one, code] of [
      [altered, "bad_signature"],
      [await entry("Dr Zoé", NOBODY), "wrong_registrar"],
    ] as const) {
      const { clock, directory } = open({ "": [await entry("Dr Ana"), one] });
      await clock.until(() => directory.problem.value !== null);
      expect(directory.problem.value).toMatchObject({ key: code, loud: true });
      expect(directory.found.value).toEqual([]);
    }
  });

  it("says that the server is out of reach, and tries again", async () => {
    const { clock, directory, server } = open({ "": [await entry("Dr Ana")] });
    await clock.until(() => directory.state.value === "shown");
    server.down = true;
    directory.seek({ name: "a" });
    await clock.until(() => directory.problem.value?.key === "offline");
    server.down = false;
    directory.problem.value?.retry?.();
    await settle();
    await clock.until(() => directory.problem.value === null);
  });
});
