/** What getStats says, in words: is anything arriving, how good is it, which way does it go. */

export type Quality = "unknown" | "good" | "fair" | "poor";

export interface Security {
  readonly dtls: string;
  readonly srtp: string;
  readonly route: "direct" | "relay" | "unknown";
}

/** Running totals of one connection at one moment. */
export interface Sample {
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  /** Seconds; undefined until one was measured. */
  readonly roundTrip: number | undefined;
  /** Share of what we send that the other side says it missed, 0 to 1. */
  readonly theirLoss: number;
  /** What the browser believes it may send, bits a second. */
  readonly budget: number | undefined;
  readonly security: Security;
}

type Entry = Readonly<Record<string, unknown>>;

const count = (value: unknown): number => (typeof value === "number" ? value : 0);
const maybe = (value: unknown): number | undefined =>
  typeof value === "number" ? value : undefined;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

// RTCTransportStats.tlsVersion is the two bytes of the record layer, in hex.
const VERSIONS: Readonly<Record<string, string>> = {
  FEFF: "DTLS 1.0",
  FEFD: "DTLS 1.2",
  FEFC: "DTLS 1.3",
};

function securityOf(
  transport: Entry | undefined,
  pair: Entry | undefined,
  entries: ReadonlyMap<string, Entry>,
): Security {
  const ends = [pair?.["localCandidateId"], pair?.["remoteCandidateId"]].map(
    (id) => entries.get(text(id))?.["candidateType"],
  );
  const version = VERSIONS[text(transport?.["tlsVersion"]).toUpperCase()];
  return {
    dtls: [version, text(transport?.["dtlsCipher"])].filter(Boolean).join(", "),
    srtp: text(transport?.["srtpCipher"]),
    route: pair ? (ends.includes("relay") ? "relay" : "direct") : "unknown",
  };
}

/** Reads one report of a peer connection (webrtc-stats). */
export function sampleOf(report: RTCStatsReport): Sample {
  const entries = new Map<string, Entry>(report);
  const all = [...entries.values()];
  const transport = all.find(({ type }) => type === "transport");
  const pair =
    entries.get(text(transport?.["selectedCandidatePairId"])) ??
    // Firefox has no transport entry of that kind.
    all.find(({ type, selected }) => type === "candidate-pair" && selected === true);
  const inbound = all.filter(({ type }) => type === "inbound-rtp");
  const theirs = all.filter(({ type }) => type === "remote-inbound-rtp");
  return {
    // A pair's own count starts over when a restart finds another pair.
    bytes: count(transport?.["bytesReceived"] ?? pair?.["bytesReceived"]),
    packets: inbound.reduce((sum, entry) => sum + count(entry["packetsReceived"]), 0),
    lost: inbound.reduce((sum, entry) => sum + count(entry["packetsLost"]), 0),
    roundTrip: maybe(pair?.["currentRoundTripTime"]),
    theirLoss: Math.max(0, ...theirs.map((entry) => count(entry["fractionLost"]))),
    budget: maybe(pair?.["availableOutgoingBitrate"]),
    security: securityOf(transport, pair, entries),
  };
}

/** The quality of what came in between two samples. */
export function qualityBetween(before: Sample, now: Sample): Quality {
  const packets = now.packets - before.packets;
  const lost = Math.max(0, now.lost - before.lost);
  if (packets + lost <= 0) return "unknown";
  const loss = Math.max(lost / (packets + lost), now.theirLoss);
  const delay = now.roundTrip ?? 0;
  if (loss > 0.1 || delay > 0.6) return "poor";
  return loss > 0.03 || delay > 0.3 ? "fair" : "good";
}

/** So little gets through that the sound should have it alone. */
export function starving(before: Sample, now: Sample): boolean {
  if (now.budget !== undefined && now.budget < 90_000) return true;
  const packets = now.packets - before.packets;
  const lost = Math.max(0, now.lost - before.lost);
  return now.theirLoss > 0.25 || (packets + lost > 0 && lost / (packets + lost) > 0.3);
}
