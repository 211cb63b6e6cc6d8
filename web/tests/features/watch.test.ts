import { describe, expect, it } from "vitest";
import {
  qualityBetween,
  type Sample,
  sampleOf,
  starving,
} from "../../src/features/consult/media/watch.ts";

const sample = (change: Partial<Sample>): Sample => ({
  bytes: 0,
  packets: 0,
  lost: 0,
  roundTrip: 0.05,
  theirLoss: 0,
  budget: 1_000_000,
  security: { dtls: "", srtp: "", route: "unknown" },
  ...change,
});

describe("quality", () => {
  const before = sample({ packets: 1000, lost: 10 });

  it.each<[string, Partial<Sample>]>([
    ["good", { packets: 1100, lost: 10 }],
    ["fair", { packets: 1095, lost: 15 }],
    ["fair", { packets: 1100, lost: 10, roundTrip: 0.4 }],
    ["poor", { packets: 1080, lost: 30 }],
    ["poor", { packets: 1100, lost: 10, theirLoss: 0.2 }],
    ["poor", { packets: 1100, lost: 10, roundTrip: 0.8 }],
    ["unknown", { packets: 1000, lost: 10 }],
  ])("is %s after %o", (quality, change) => {
    expect(qualityBetween(before, sample(change))).toBe(quality);
  });

  it("leaves the line to the sound when next to nothing gets through", () => {
    expect(starving(before, sample({ packets: 1060, lost: 50 }))).toBe(true);
    expect(starving(before, sample({ packets: 1100, lost: 10, budget: 60_000 }))).toBe(true);
    expect(starving(before, sample({ packets: 1100, lost: 10, theirLoss: 0.4 }))).toBe(true);
    expect(starving(before, sample({ packets: 1100, lost: 12 }))).toBe(false);
  });
});

describe("a report of getStats()", () => {
  const report = (entries: Record<string, object>): RTCStatsReport =>
    new Map(Object.entries(entries)) as unknown as RTCStatsReport;

  it("tells ciphers and route as Chromium writes them", () => {
    const read = sampleOf(
      report({
        T: {
          type: "transport",
          selectedCandidatePairId: "P",
          bytesReceived: 123,
          tlsVersion: "FEFC",
          dtlsCipher: "TLS_AES_128_GCM_SHA256",
          srtpCipher: "AES_CM_128_HMAC_SHA1_80",
        },
        P: { type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R" },
        L: { type: "local-candidate", candidateType: "relay" },
        R: { type: "remote-candidate", candidateType: "host" },
        I: { type: "inbound-rtp", packetsReceived: 5, packetsLost: 1 },
      }),
    );
    expect(read).toMatchObject({ bytes: 123, packets: 5, lost: 1 });
    expect(read.security).toEqual({
      dtls: "DTLS 1.3, TLS_AES_128_GCM_SHA256",
      srtp: "AES_CM_128_HMAC_SHA1_80",
      route: "relay",
    });
  });

  it("finds the pair where there is no transport, as in Firefox", () => {
    const read = sampleOf(
      report({ P: { type: "candidate-pair", selected: true, bytesReceived: 77 } }),
    );
    expect(read).toMatchObject({ bytes: 77, security: { dtls: "", srtp: "", route: "direct" } });
  });
});
