import { describe, expect, test } from "vitest";
import { signDispensed } from "../../src/sealing/dispensing.ts";
import { seedSigner } from "../../src/sealing/keys.ts";

/** Signs a receipt with a card, whose three texts are as long as may be. */
function signFullest(letter: string): Promise<Uint8Array> {
  const text = letter.repeat(200);
  const nothing = new Uint8Array(32);
  const said = {
    prescription: nothing,
    line: 20,
    step: 16,
    previous: nothing,
    given: text,
    whole: false,
    at: "2026-03-02T10:00:00Z",
    random: nothing,
    dispenser: text,
    place: text,
  };
  const claimant = seedSigner(nothing);
  return signDispensed(said, claimant, { device: claimant, certificate: new Uint8Array(137) });
}

describe("a receipt as long as may be", () => {
  test("fits into a note", async () => {
    expect((await signFullest("€")).length).toBeLessThanOrEqual(3_996);
  });

  test("is refused where it would fit into none", async () => {
    await expect(signFullest("\u0001")).rejects.toThrow("too_long");
  });
});
