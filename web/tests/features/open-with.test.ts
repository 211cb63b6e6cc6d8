import { describe, expect, it } from "vitest";
import {
  createOpenWith,
  type OpenWithModel,
  type OpenWithNeeds,
} from "../../src/features/recovery/open-with.ts";
import { sheetLink } from "../../src/features/recovery/sheet.ts";
import { wordListOf } from "../../src/features/recovery/words.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { SealError } from "../../src/sealing/errors.ts";
import type { Ring, Secret } from "../../src/sealing/ring.ts";
import { sheetWords } from "../../src/sealing/words.ts";

const SECRET = new Uint8Array(16).fill(1);
const OTHER = new Uint8Array(16).fill(2);
const PASSKEY = new Uint8Array(32).fill(3);
const DEVICE = new Uint8Array(32).fill(4);
const RING: Ring = { root: new Uint8Array(32), vault: new Uint8Array(32), held: [] };
const words = async (secret: Uint8Array) => sheetWords(secret, await wordListOf("en")).join(" ");

interface Opening {
  readonly model: OpenWithModel;
  /** The pairs that were tried. */
  readonly tried: (readonly [Secret, Secret])[];
  readonly got: Ring[];
}

function opening(
  given: Partial<OpenWithNeeds> = {},
  refusals: readonly (Error | undefined)[] = [],
): Opening {
  const [tried, got]: [Opening["tried"], Ring[]] = [[], []];
  const model = createOpenWith({
    passkeys: {
      available: async () => true,
      make: () => Promise.reject(new Error("not asked")),
      secret: async () => PASSKEY,
    },
    device: undefined,
    open: async (one, other) => {
      const refusal = refusals[tried.length];
      tried.push([one, other]);
      if (refusal) throw refusal;
      return RING;
    },
    opened: async (ring) => void got.push(ring),
    ...given,
  });
  return { model, tried, got };
}

describe("opening with a way back", () => {
  it("takes one besides the device", async () => {
    const { model, tried, got } = opening({ device: DEVICE });
    await model.giveSheet(await words(SECRET));
    expect(model.state.value).toBe("open");
    expect(got).toEqual([RING]);
    expect(tried).toEqual([
      [
        { kind: "sheet", secret: SECRET },
        { kind: "device", secret: DEVICE },
      ],
    ]);
  });

  it("takes two where there is no device, and the address of a sheet", async () => {
    const { model, tried } = opening();
    await model.giveSheet(sheetLink("https://aparte.example/desk/", SECRET));
    expect([model.state.value, model.given.value]).toEqual(["asking", ["sheet"]]);
    await model.givePasskey();
    expect(model.state.value).toBe("open");
    expect(tried[0]?.map(({ kind }) => kind)).toEqual(["sheet", "passkey"]);
  });

  it("begins with the sheet whose QR has opened the page", async () => {
    const { model } = opening({ sheet: SECRET });
    expect(model.given.value).toEqual(["sheet"]);
    await model.giveSheet(await words(SECRET));
    expect(model.trouble.value).toEqual({ what: "twice" });
    await model.giveSheet(await words(OTHER));
    expect(model.state.value).toBe("open");
  });

  it("says which word is wrong", async () => {
    const { model, tried } = opening({ device: DEVICE });
    const text = await words(SECRET);
    await model.giveSheet("");
    expect(model.trouble.value).toEqual({ what: "count", number: 0 });
    const [first = "", ...rest] = text.split(" ");
    await model.giveSheet([`${first}q`, ...rest].join(" "));
    const said = { what: "unknown", at: 1, typed: `${first}q`, nearest: first };
    expect(model.trouble.value).toEqual(said);
    await model.giveSheet(["zoo", ...rest].join(" "));
    expect(model.trouble.value).toEqual({ what: "check" });
    expect(tried).toEqual([]);
  });

  it("says so when the person shows no passkey", async () => {
    const { model } = opening({
      device: DEVICE,
      passkeys: {
        available: async () => false,
        make: () => Promise.reject(new Error("not asked")),
        secret: () => Promise.reject(new Error("NotAllowedError")),
      },
    });
    await model.givePasskey();
    expect(model.trouble.value).toEqual({ what: "declined" });
    expect(model.passkeys.value).toBe(false);
  });

  it.each([
    [new ProtocolError("not_found"), "unknown-way"],
    [new SealError("revoked"), "taken-out"],
    [new SealError("cannot_open"), "no-pair"],
  ])("begins anew: %s", async (refusal, what) => {
    const { model } = opening({ device: DEVICE }, [refusal]);
    await model.givePasskey();
    expect(model.trouble.value).toEqual({ what });
    expect([model.state.value, model.given.value]).toEqual(["asking", []]);
    await model.givePasskey();
    expect(model.state.value).toBe("open");
  });

  it("looks into the cell of the second where the first has none", async () => {
    const { model, tried } = opening({ sheet: SECRET }, [new ProtocolError("not_found")]);
    await model.givePasskey();
    expect(model.state.value).toBe("open");
    expect(tried.map(([one]) => one.kind)).toEqual(["sheet", "passkey"]);
  });

  it("is loud about a server that shows something else, and can be tried again", async () => {
    const { model } = opening({ device: DEVICE }, [new SealError("forked")]);
    await model.givePasskey();
    expect(model.problem.value).toMatchObject({ key: "forked", loud: true });
    expect(model.given.value).toEqual(["passkey"]);
    model.problem.value?.retry?.();
    await new Promise((done) => setTimeout(done));
    expect(model.state.value).toBe("open");
  });

  it("forgets what was given", async () => {
    const { model } = opening({ sheet: SECRET });
    model.forget();
    expect(model.given.value).toEqual([]);
  });
});
