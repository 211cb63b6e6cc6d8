import { describe, expect, it } from "vitest";
import { createConnectionTest } from "../../../src/features/media/probe.ts";
import type { Peer } from "../../../src/features/ports.ts";
import { FakeClock } from "../world/clock.ts";
import { FakePeers } from "../world/peers.ts";

function probe(servers: readonly RTCIceServer[]) {
  const [clock, peers] = [new FakeClock(), new FakePeers()];
  const policies: (string | undefined)[] = [];
  const make = (configuration: RTCConfiguration): Peer => {
    policies.push(configuration.iceTransportPolicy);
    return peers.make();
  };
  const test = createConnectionTest(make, clock, async () => servers);
  return { clock, peers, policies, test };
}

describe("the connection test", () => {
  it("joins two connections of this page, and closes them", async () => {
    const { clock, peers, policies, test } = probe([]);
    const run = test.run();
    expect(test.state.value).toBe("running");
    await clock.until(() => test.state.value === "good");
    await run;
    expect(policies).toEqual(["all", "all"]);
    expect(peers.made.every(({ closed }) => closed)).toBe(true);
  });

  it("goes through TURN alone where there is one", async () => {
    const { clock, policies, test } = probe([{ urls: "turn:192.0.2.1:3478" }]);
    void test.run();
    await clock.until(() => test.state.value === "relay-only");
    expect(policies).toEqual(["relay", "relay"]);
  });

  it("fails in the end, and can be run again", async () => {
    const { clock, peers, test } = probe([{ urls: ["stun:192.0.2.1"] }]);
    peers.broken = true;
    void test.run();
    await clock.until(() => test.state.value === "failed");
    peers.broken = false;
    void test.run();
    await clock.until(() => test.state.value === "good");
  });

  it("fails where the browser has no peer connections", async () => {
    const refuse = (): never => {
      throw new TypeError("RTCPeerConnection is not defined");
    };
    const test = createConnectionTest(refuse, new FakeClock(), async () => []);
    await test.run();
    expect(test.state.value).toBe("failed");
  });
});
