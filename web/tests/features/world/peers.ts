/** Peer connections in memory: two that exchange descriptions find each other, or do not. */
import type { Peer } from "../../../src/features/ports.ts";
import { utf8 } from "../../../src/sealing/encoding.ts";
import { hash } from "../../../src/sealing/kdf.ts";
import { FakeTrack } from "../media/fakes.ts";

type Transport = Pick<RTCDtlsTransport, "getRemoteCertificates" | "state">;

class FakeTransceiver {
  direction: RTCRtpTransceiverDirection = "recvonly";
  readonly receiver: { readonly track: FakeTrack };
  readonly sender: {
    track: MediaStreamTrack | null;
    transport: Transport;
    replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  };

  constructor(kind: "audio" | "video", name: string, peer: FakePeer) {
    this.receiver = { track: new FakeTrack(kind, `${name} ${kind}`) };
    this.receiver.track.muted = true;
    const sender: FakeTransceiver["sender"] = {
      track: null,
      transport: {
        getRemoteCertificates: () => peer.remoteCertificates(),
        get state() {
          return peer.dtlsState;
        },
      },
      async replaceTrack(track) {
        sender.track = track;
      },
    };
    this.sender = sender;
  }
}

const hexPairs = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");

/** The network that the pictures of one test cross. */
export class FakePeers {
  readonly made: FakePeer[] = [];
  /** No packet passes. */
  broken = false;
  /** Restarts are answered and lead nowhere, as with some native peers. */
  stubborn = false;
  /** Descriptions promise a certificate that nobody has. */
  swapFingerprint = false;
  /** As browsers do: where another certificate shows than was promised the handshake fails. */
  careful = false;

  readonly make = (): Peer => {
    const peer = new FakePeer(this, `peer${this.made.length + 1}`);
    this.made.push(peer);
    return peer as unknown as Peer;
  };

  /** Both ends know each other's newest description: the way is open, if there is one. */
  join(peer: FakePeer): void {
    const other = this.made.find((one) => one.name === peer.remoteName);
    if (this.stubborn && peer.ufrag > 1) return;
    if (this.broken || !other || other.remoteName !== peer.name) return;
    if (peer.remoteUfrag !== other.ufrag || other.remoteUfrag !== peer.ufrag) return;
    const refused = this.careful && this.swapFingerprint;
    for (const end of [peer, other]) {
      end.dtlsState = refused ? "failed" : "connected";
      end.become(refused ? "failed" : "connected");
    }
  }

  /** The way that there was is gone; what browsers say of it comes later. */
  breakAll(): void {
    for (const peer of this.made) peer.flowing = false;
  }
}

export class FakePeer extends EventTarget {
  readonly name: string;
  connectionState: RTCPeerConnectionState = "new";
  iceGatheringState: RTCIceGatheringState = "new";
  signalingState: RTCSignalingState = "stable";
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteName = "";
  remoteUfrag = 0;
  ufrag = 1;
  flowing = false;
  closed = false;
  dtlsState: RTCDtlsTransportState = "new";
  readonly #net: FakePeers;
  readonly #transceivers: FakeTransceiver[] = [];
  #bytes = 0;
  #restart = false;

  constructor(net: FakePeers, name: string) {
    super();
    this.#net = net;
    this.name = name;
  }

  get certificate(): Uint8Array {
    return utf8(`certificate of ${this.name}`);
  }

  remoteCertificates(): ArrayBuffer[] {
    const other = this.#net.made.find(({ name }) => name === this.remoteName);
    return other ? [new Uint8Array(other.certificate).buffer] : [];
  }

  addTransceiver(kind: "audio" | "video"): FakeTransceiver {
    const made = new FakeTransceiver(kind, this.name, this);
    this.#transceivers.push(made);
    return made;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.#transceivers;
  }

  restartIce(): void {
    this.#restart = true;
  }

  async setLocalDescription(): Promise<void> {
    const answering = this.signalingState === "have-remote-offer";
    if (!answering && this.#restart) this.ufrag += 1;
    this.#restart = false;
    const shown = this.#net.swapFingerprint ? utf8("somebody else") : this.certificate;
    const sdp = [
      "v=0",
      `s=${this.name} ${this.ufrag}`,
      ...["audio", "video"].flatMap((kind) => [
        `m=${kind} 9 UDP/TLS/RTP/SAVPF 0`,
        `a=fingerprint:sha-256 ${hexPairs(hash(shown))}`,
      ]),
      "",
    ].join("\r\n");
    this.localDescription = { type: answering ? "answer" : "offer", sdp };
    this.signalingState = answering ? "stable" : "have-local-offer";
    if (answering) this.#net.join(this);
    this.iceGatheringState = "complete";
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }

  async setRemoteDescription({ type, sdp = "" }: RTCSessionDescriptionInit): Promise<void> {
    const [, name = "", ufrag = "0"] = /s=(\S+) (\d+)/.exec(sdp) ?? [];
    // A restart that the other side starts restarts this one too.
    if (type === "offer" && this.remoteName && Number(ufrag) !== this.remoteUfrag) this.ufrag += 1;
    this.remoteName = name;
    this.remoteUfrag = Number(ufrag);
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    if (type === "offer" && this.#transceivers.length === 0) {
      this.addTransceiver("audio");
      this.addTransceiver("video");
    }
    if (type === "answer") this.#net.join(this);
  }

  async addIceCandidate(): Promise<void> {}

  async getStats(): Promise<Map<string, object>> {
    if (this.flowing) this.#bytes += 1000;
    const pair = { type: "candidate-pair", currentRoundTripTime: 0.02 };
    const inbound = { type: "inbound-rtp", packetsReceived: this.#bytes / 100, packetsLost: 0 };
    return new Map<string, object>([
      [
        "T",
        {
          type: "transport",
          selectedCandidatePairId: "P",
          tlsVersion: "FEFC",
          bytesReceived: this.#bytes,
        },
      ],
      ["P", pair],
      ["I", inbound],
    ]);
  }

  setConfiguration(): void {}

  become(state: RTCPeerConnectionState): void {
    if (this.closed) return;
    this.connectionState = state;
    this.flowing = state === "connected";
    queueMicrotask(() => {
      this.dispatchEvent(new Event("connectionstatechange"));
      if (!this.flowing) return;
      for (const { receiver } of this.#transceivers) {
        receiver.track.muted = false;
        receiver.track.dispatchEvent(new Event("unmute"));
      }
    });
  }

  close(): void {
    this.closed = true;
    this.flowing = false;
    this.connectionState = "closed";
    const other = this.#net.made.find(({ name }) => name === this.remoteName);
    if (other) other.flowing = false;
  }
}
