import { describe, expect, it } from "vitest";
import { Runner } from "../../src/features/consult/runner.ts";
import { sealedParts } from "../../src/features/consult/sealed-parts.ts";
import type { Http } from "../../src/features/ports.ts";
import { Api } from "../../src/features/rooms/api.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { b64u } from "../../src/sealing/encoding.ts";
import { makeOpen } from "../../src/sealing/handshake.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { Session } from "../../src/sealing/session.ts";
import { agree, makePair, repeatable } from "../sealing/pair.ts";
import { FakeClock, settle } from "./world/clock.ts";

describe("a session whose state cannot be stored", () => {
  it("sends nothing before it can", async () => {
    const pair = await makePair("runner");
    const { guest } = await agree(pair);
    const opening = makeOpen(guest, pair.random);
    const session = Session.guest(guest, opening, { random: pair.random });
    const clock = new FakeClock();
    const sent: Uint8Array[] = [];
    let [full, failures] = [true, 0];
    const runner = new Runner(session, clock, {
      save: async () => {
        if (full) throw new Error("the disk is full");
      },
      transmit: (frame) => void sent.push(frame),
      deliver: () => undefined,
      began: () => undefined,
      authenticated: () => undefined,
      refused: () => undefined,
      failed: () => {
        failures += 1;
      },
    });
    await runner.start();
    await clock.advance(10_000, 500);
    expect(sent).toEqual([]);
    // Not as often as the processor can.
    expect(failures).toBeLessThan(15);
    full = false;
    await clock.advance(10_000, 500);
    expect(sent[0]).toEqual(opening);
    await runner.stop();
  });
});

describe("what somebody else's messages make a page fetch", () => {
  it("is bounded, however often one blob is named", async () => {
    let fetched = 0;
    const http: Http = async ({ target }) => {
      if (target !== "/v1/nonce") {
        fetched += 1;
        await new Promise(() => undefined);
      }
      const headers = new Headers({ "aparte-nonce": "A".repeat(22) });
      return { status: 204, headers, body: new Uint8Array() };
    };
    const random = repeatable("budget");
    const api = new Api({ http, random, clock: new FakeClock(), origin: "https://a.example" });
    const [key, bytes] = [random(32), random(32)];
    const signer = seedSigner(key);
    const parcels = sealedParts({
      api,
      random,
      room: random(16),
      signer,
      self: signer.publicKey,
      peer: signer.publicKey,
    });
    const photo = {
      t: "photo",
      id: b64u(random(16)),
      at: "2026-03-01T09:30:00Z",
      media: "image/jpeg",
      part: { blob: b64u(random(16)), read: key, length: LIMITS.received / 4, hash: bytes },
      key,
      tree: bytes,
      length: 1,
    } as const;
    for (let time = 0; time < 4; time += 1) void parcels.openPhoto(photo);
    await settle();
    await expect(parcels.openPhoto(photo)).rejects.toThrow("too_long");
    expect(fetched).toBe(4);
  });
});
