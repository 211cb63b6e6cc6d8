import { describe, expect, it } from "vitest";
import { Negotiation } from "../../src/features/consult/media/negotiation.ts";
import type { Peer } from "../../src/features/ports.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { FakePeer, FakePeers } from "./world/peers.ts";

describe("candidates that come before their description", () => {
  it("wait for it, so many and no more", async () => {
    const net = new FakePeers();
    const other = new FakePeer(net, "other");
    other.addTransceiver("audio");
    await other.setLocalDescription();
    const peer = new FakePeer(net, "mine");
    const added: (string | undefined)[] = [];
    peer.addIceCandidate = async (candidate?: RTCIceCandidateInit) => {
      added.push(candidate?.candidate);
    };
    const nothing = { audio: null, video: null };
    const made = new Negotiation("pc", peer as unknown as Peer, true, nothing, {
      send: () => undefined,
      changed: () => undefined,
      described: () => undefined,
      failed: (error) => {
        throw error;
      },
    });
    for (let n = 0; n < LIMITS.earlyCandidates + 500; n += 1) {
      const found = { sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };
      const candidate = { candidate: `candidate:${n}`, ...found };
      await made.receive({ t: "ice", pc: "pc", candidate });
    }
    expect(added).toEqual([]);
    const sdp = other.localDescription?.sdp ?? "";
    await made.receive({ t: "sdp", pc: "pc", description: { type: "offer", sdp } });
    expect(added).toHaveLength(LIMITS.earlyCandidates);
    expect(added[0]).toBe("candidate:0");
  });
});
