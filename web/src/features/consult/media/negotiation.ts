/**
 * One peer connection from its first offer to its close: perfect negotiation (WebRTC, section
 * 10.7), one audio and one video line for its whole life. Tracks come and go by replaceTrack, so
 * that only ICE restarts negotiate again.
 */
import { LIMITS } from "../../../protocol/limits.ts";
import { same } from "../../../sealing/encoding.ts";
import { require } from "../../../sealing/errors.ts";
import { requireFingerprint, stripFingerprints } from "../../../sealing/fingerprints.ts";
import type { Message } from "../../../sealing/messages.ts";
import type { Outgoing } from "../../media/media.ts";
import type { Peer } from "../../ports.ts";

export type SdpMessage = Extract<Message, { t: "sdp" }>;
type IceMessage = Extract<Message, { t: "ice" }>;
export type MediaMessage = SdpMessage | IceMessage;

export interface NegotiationEvents {
  send(message: MediaMessage): void;
  /** The connection's state changed. */
  changed(): void;
  /** It is known what will come in. */
  described(): void;
  /** A description was refused (`bad_fingerprint`, `bad_form`), or the browser would not take it. */
  failed(error: unknown): void;
}

/** As it travels; null says that there are no more. */
function written(found: RTCIceCandidate | null): IceMessage["candidate"] {
  if (!found) return null;
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = found;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

const KINDS = ["audio", "video"] as const;

export class Negotiation {
  /** Names the peer connection in both directions: the offerer drew it. */
  readonly id: string;
  readonly peer: Peer;
  readonly #events: NegotiationEvents;
  /** The polite side gives way where both offer at once. */
  readonly #polite: boolean;
  #outgoing: Outgoing;
  /** Every step waits for the one before: a description half set is never overtaken. */
  #queue: Promise<void> = Promise.resolve();
  #closed = false;
  /** Candidates go out one by one once a description has gone; before, they are part of it. */
  #trickling = false;
  #ignoredOffer = false;
  #described = false;
  readonly #early: RTCIceCandidateInit[] = [];
  #fingerprint: Uint8Array | undefined;

  constructor(
    id: string,
    peer: Peer,
    polite: boolean,
    outgoing: Outgoing,
    events: NegotiationEvents,
  ) {
    this.id = id;
    this.peer = peer;
    this.#polite = polite;
    this.#outgoing = outgoing;
    this.#events = events;
    peer.addEventListener("connectionstatechange", () => {
      if (!this.#closed) events.changed();
    });
    peer.addEventListener("icecandidate", (event) => {
      if (!this.#trickling || this.#closed || !("candidate" in event)) return;
      events.send({ t: "ice", pc: id, candidate: written(event.candidate as RTCIceCandidate) });
    });
  }

  /** SHA-256 of the certificate that the other side's description promises. */
  get fingerprint(): Uint8Array | undefined {
    return this.#fingerprint;
  }

  /** What comes in, once there was a description. */
  get incoming(): readonly MediaStreamTrack[] {
    return this.#described ? this.peer.getTransceivers().map(({ receiver }) => receiver.track) : [];
  }

  /** The offerer's first step, without sending: gathering goes on while nobody is told. */
  prepare(): Promise<void> {
    return this.#step(async () => {
      for (const kind of KINDS) {
        this.peer.addTransceiver(kind, { direction: "sendrecv" });
      }
      await this.#attach();
      await this.peer.setLocalDescription();
    });
  }

  /** The prepared offer with the candidates found so far; those found later are sent one by one. */
  takeOffer(): SdpMessage | null {
    const description = this.peer.localDescription;
    if (description?.type !== "offer") return null;
    this.#trickling = true;
    return this.#message(description);
  }

  /** Sends a new offer that looks for new ways; does nothing while one is unanswered. */
  restart(): Promise<void> {
    return this.#step(async () => {
      if (this.peer.signalingState !== "stable" || !this.#described) return;
      this.peer.restartIce();
      await this.peer.setLocalDescription();
      this.#sendLocal();
    });
  }

  setOutgoing(outgoing: Outgoing): Promise<void> {
    this.#outgoing = outgoing;
    return this.#step(() => this.#attach());
  }

  receive(message: MediaMessage): Promise<void> {
    return this.#step(async () => {
      if (message.t === "sdp") await this.#describe(message.description);
      else if (message.candidate) await this.#candidate(message.candidate);
    });
  }

  close(): void {
    this.#closed = true;
    this.peer.close();
  }

  async #describe(description: SdpMessage["description"]): Promise<void> {
    const { type } = description;
    const stable = this.peer.signalingState === "stable";
    this.#ignoredOffer = type === "offer" && !stable && !this.#polite;
    if (this.#ignoredOffer) return;
    // An answer to an offer that was given up for the other side's.
    if (type === "answer" && this.peer.signalingState !== "have-local-offer") return;
    const fingerprint = requireFingerprint(description.sdp);
    // The certificate lasts as long as the connection: a restart that brings another is an attack.
    this.#fingerprint ??= fingerprint;
    require(same(fingerprint, this.#fingerprint), "bad_fingerprint", "another than before");
    await this.peer.setRemoteDescription(description);
    this.#described = true;
    this.#events.described();
    if (type === "offer") {
      for (const transceiver of this.peer.getTransceivers()) transceiver.direction = "sendrecv";
      await this.#attach();
      await this.peer.setLocalDescription();
      this.#sendLocal();
    }
    for (const candidate of this.#early.splice(0)) await this.#candidate(candidate);
  }

  async #candidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (!this.#described) {
      // One that finds no place is a way less, not an error: others may work.
      if (this.#early.length < LIMITS.earlyCandidates) this.#early.push(candidate);
      return;
    }
    // One of an offer that was ignored, or of a form this browser does not know, harms nothing.
    await this.peer.addIceCandidate(candidate).catch(() => undefined);
  }

  async #attach(): Promise<void> {
    for (const { sender, receiver } of this.peer.getTransceivers()) {
      const track = receiver.track.kind === "audio" ? this.#outgoing.audio : this.#outgoing.video;
      if (sender.track !== track) await sender.replaceTrack(track);
    }
  }

  #sendLocal(): void {
    const description = this.peer.localDescription;
    if (!description) return;
    this.#trickling = true;
    this.#events.send(this.#message(description));
  }

  #message({ type, sdp }: RTCSessionDescription): SdpMessage {
    const stated = type === "answer" ? "answer" : "offer";
    return { t: "sdp", pc: this.id, description: { type: stated, sdp: stripFingerprints(sdp) } };
  }

  #step(act: () => Promise<void>): Promise<void> {
    const run = async (): Promise<void> => {
      if (this.#closed) return;
      try {
        await act();
      } catch (error) {
        if (!this.#closed) this.#events.failed(error);
      }
    };
    this.#queue = this.#queue.then(run);
    return this.#queue;
  }
}
