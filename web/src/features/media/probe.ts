/**
 * The connection test: two peer connections inside this page that must reach each other, through
 * TURN alone where the server has one, so that what is tested is the way a consult falls back to.
 * No picture passes: the two only shake hands.
 */
import { signal } from "@preact/signals";
import type { Clock, MakePeer, Peer } from "../ports.ts";
import type { ConnectionTest } from "./connection-test.ts";

const PATIENCE = 10_000;

const isRelay = ({ urls }: RTCIceServer): boolean =>
  [urls].flat().some((url) => url.startsWith("turn:") || url.startsWith("turns:"));

function passCandidates(from: Peer, to: Peer): void {
  from.addEventListener("icecandidate", (event) => {
    const candidate = "candidate" in event ? (event.candidate as RTCIceCandidate | null) : null;
    // One that comes too early or too late is no failure: the test ends by what gets through.
    if (candidate) void to.addIceCandidate(candidate.toJSON()).catch(() => undefined);
  });
}

async function connect(one: Peer, other: Peer): Promise<void> {
  const connected = new Promise<void>((done, failed) => {
    one.addEventListener("connectionstatechange", () => {
      if (one.connectionState === "connected") done();
      if (one.connectionState === "failed") failed(new Error("no way through"));
    });
  });
  one.addTransceiver("audio", { direction: "recvonly" });
  passCandidates(one, other);
  passCandidates(other, one);
  await one.setLocalDescription();
  if (one.localDescription) await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  if (other.localDescription) await one.setRemoteDescription(other.localDescription);
  await connected;
}

export function createConnectionTest(
  makePeer: MakePeer,
  clock: Clock,
  iceServers: () => Promise<readonly RTCIceServer[]>,
): ConnectionTest {
  const state = signal<"idle" | "running" | "good" | "relay-only" | "failed">("idle");
  return {
    state,
    async run() {
      if (state.peek() === "running") return;
      state.value = "running";
      const peers: Peer[] = [];
      let giveUp = (): void => undefined;
      const attempt = async (): Promise<"good" | "relay-only"> => {
        const servers = [...(await iceServers())];
        const relay = servers.some(isRelay);
        const iceTransportPolicy = relay ? "relay" : "all";
        const one = makePeer({ iceServers: servers, iceTransportPolicy });
        const other = makePeer({ iceServers: servers, iceTransportPolicy });
        peers.push(one, other);
        await connect(one, other);
        return relay ? "relay-only" : "good";
      };
      try {
        const tooSlow = new Promise<"failed">((done) => {
          giveUp = clock.after(PATIENCE, () => done("failed"));
        });
        state.value = await Promise.race([attempt(), tooSlow]);
      } catch {
        state.value = "failed";
      } finally {
        giveUp();
        for (const peer of peers) peer.close();
      }
    },
  };
}
