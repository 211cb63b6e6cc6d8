/**
 * Picture and sound with one person, kept alive: an ICE restart as soon as nothing arrives any
 * more or the network changes, a new peer connection where that does not help, sound alone where
 * the network carries no more. The host makes new connections; either side restarts one.
 */
import { batch, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type SealCode, SealError } from "../../../sealing/errors.ts";
import type { Random } from "../../../sealing/keys.ts";
import type { Outgoing } from "../../media/media.ts";
import type { Clock, MakePeer, Peer } from "../../ports.ts";
import { checkCertificate, handshakeRefused } from "./certificate.ts";
import { type MediaMessage, Negotiation, type SdpMessage } from "./negotiation.ts";
import {
  type Quality,
  qualityBetween,
  type Sample,
  type Security,
  sampleOf,
  starving,
} from "./watch.ts";

/** Candidates found after this follow one by one. */
const GATHERING = 2_000;
/** How often the browser is asked what arrived. */
const LOOK = 500;
/** Sound alone is 50 packets a second: nothing for so long means that the way is gone. */
const SILENCE = 1_500;
/** A restart that has not helped after so long is followed by a new connection. */
const RESTART_PATIENCE = 4_000;
/** A connection is given this long to come about, and the next one twice as long. */
const FIRST_PATIENCE = 10_000;
const LONGEST_PATIENCE = 30_000;
/** Attempts after which a person is told that it is not just a moment. */
const TELL_AFTER = 3;
/** Looks over which quality is judged. */
const JUDGE = 4;
/** Bad judgements in a row before the own picture stops, and pause before it is tried again. */
const STARVED = 3;
const PICTURE_PAUSE = 20_000;
/** A browser that says `connected` before it tells the certificate is asked again. */
const CHECK_AGAIN = 50;

export interface LinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly makePeer: MakePeer;
  /** The host offers, and stands by its offer; a guest gives way. */
  readonly host: boolean;
  readonly iceServers: ReadonlySignal<readonly RTCIceServer[]>;
  readonly outgoing: ReadonlySignal<Outgoing>;
  readonly stream: (tracks: readonly MediaStreamTrack[]) => MediaStream;
  readonly nameOf: (bytes: Uint8Array) => string;
  send(message: MediaMessage): void;
  /** Whether what is sent now would reach the other side. */
  reachable(): boolean;
  /** Nothing arrives: the way to the server may be gone too. */
  suspect(): void;
}

export class MediaLink {
  readonly state = signal<"idle" | "connecting" | "connected" | "reconnecting" | "refused">("idle");
  /** Why it was refused. */
  readonly refusal = signal<SealCode | null>(null);
  /** Attached early, and shown to be secure, or not, by the state. */
  readonly remote = signal<MediaStream | null>(null);
  /** The first packets of a picture have come. */
  readonly arriving = signal(false);
  readonly quality = signal<Quality>("unknown");
  readonly security = signal<Security & { readonly fingerprintChecked: boolean }>({
    dtls: "",
    srtp: "",
    route: "unknown",
    fingerprintChecked: false,
  });
  /** The own picture is held back so that the sound gets through. */
  readonly audioOnly = signal(false);
  /** It has been tried several times: this is not just a moment. */
  readonly struggling = signal(false);

  readonly #options: LinkOptions;
  #current: Negotiation | undefined;
  /** It was connected, with the certificate that was promised. */
  #proven: Negotiation | undefined;
  #closed = false;
  #attempts = 0;
  #cancelAttempt = (): void => undefined;
  #cancelLook = (): void => undefined;
  #cancelPause = (): void => undefined;
  #cancelCheck = (): void => undefined;
  readonly #stopFollowing: () => void;
  #samples: Sample[] = [];
  #lastBytes = 0;
  #lastArrival = 0;
  #starved = 0;
  #warmed: Peer | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#stopFollowing = effect(() => {
      const outgoing = this.#sent();
      void this.#current?.setOutgoing(outgoing);
    });
  }

  /** What really goes out: the picture is held back on a starving network. */
  #sent(): Outgoing {
    const { audio, video } = this.#options.outgoing.value;
    return { audio, video: this.audioOnly.value ? null : video };
  }

  /** Host: makes the offer and finds candidates, telling nobody yet; resolves when it is ready. */
  async prepare(): Promise<void> {
    if (this.#closed || this.#current) return;
    const made = this.#offerer();
    await made.prepare();
    await this.#gathered(made);
  }

  #gathered({ peer }: Negotiation): Promise<void> {
    return new Promise((done) => {
      const look = (): void => {
        if (peer.iceGatheringState === "complete") done();
      };
      peer.addEventListener("icegatheringstatechange", look);
      // A STUN or TURN server that does not answer is not waited for.
      this.#options.clock.after(GATHERING, done);
      look();
    });
  }

  /** Guest: has certificate and candidates ready for an offer to come. */
  warm(): void {
    if (this.#closed || this.#current || this.#warmed) return;
    this.#warmed = this.#options.makePeer(this.#configuration(1));
  }

  /** The prepared offer, for the accept to carry; null where none is ready. */
  takeOffer(): SdpMessage | null {
    return this.#current?.takeOffer() ?? null;
  }

  /** The offer is on its way: an answer must come, or something else is tried. */
  expectAnswer(): void {
    if (this.#current && this.state.peek() === "idle") this.#begin();
  }

  /** Host: a new connection, because the other page is a new one or the old way is gone. */
  async rebuild(): Promise<void> {
    if (this.#closed) return;
    this.#drop();
    const made = this.#offerer();
    this.#begin();
    await made.prepare();
    const offer = this.#current === made ? made.takeOffer() : null;
    if (offer) this.#options.send(offer);
  }

  async receive(message: MediaMessage): Promise<void> {
    if (this.#closed) return;
    if (message.pc !== this.#current?.id) {
      const offered = message.t === "sdp" && message.description.type === "offer";
      if (!offered) return;
      // Who makes a new connection has lost the old one. Where both do, the host's stands.
      const mine = this.#options.host && this.#current?.peer.signalingState === "have-local-offer";
      if (mine) return;
      this.#drop();
      this.#current = this.#negotiation(message.pc);
      this.#begin();
    }
    await this.#current?.receive(message);
  }

  /** The other side can be reached again: looks for a way at once, if there is none. */
  retry(): void {
    if (this.state.peek() !== "reconnecting") return;
    this.#attempts = 0;
    this.#recover();
  }

  /** This page's network is another now: the host looks for a new way before the old one fails. */
  networkChanged(): void {
    if (this.state.peek() !== "connected") this.retry();
    else if (this.#options.host) void this.#current?.restart();
  }

  close(): void {
    this.#closed = true;
    this.#stopFollowing();
    this.#cancelAttempt();
    this.#drop();
    this.#warmed?.close();
    this.#cancelPause();
    this.remote.value = null;
  }

  #configuration(pool: number): RTCConfiguration {
    return {
      iceServers: [...this.#options.iceServers.peek()],
      bundlePolicy: "max-bundle",
      iceCandidatePoolSize: pool,
    };
  }

  #offerer(): Negotiation {
    const made = this.#negotiation(this.#options.nameOf(this.#options.random(8)));
    this.#current = made;
    return made;
  }

  #negotiation(id: string): Negotiation {
    const peer = this.#warmed ?? this.#options.makePeer(this.#configuration(0));
    this.#warmed = undefined;
    const made: Negotiation = new Negotiation(id, peer, !this.#options.host, this.#sent(), {
      send: (message) => {
        if (this.#current === made) this.#options.send(message);
      },
      described: () => this.#show(made),
      changed: () => {
        this.#changed(made);
      },
      failed: (error) => {
        if (this.#current === made) this.#failed(error);
      },
    });
    return made;
  }

  #begin(): void {
    if (this.state.peek() !== "reconnecting") this.state.value = "connecting";
    this.#lastBytes = 0;
    this.#samples = [];
    this.#await(Math.min(FIRST_PATIENCE * 2 ** this.#attempts, LONGEST_PATIENCE));
    this.#cancelLook();
    this.#look();
  }

  #changed(negotiation: Negotiation): void {
    if (this.#current !== negotiation) return;
    const { connectionState } = negotiation.peer;
    if (connectionState === "connected") this.#connected(negotiation);
    else if (connectionState === "failed" && this.#refusedAtFirst(negotiation)) {
      this.#refuse("bad_fingerprint");
    } else if (connectionState === "disconnected" || connectionState === "failed") {
      if (this.state.peek() === "connected") this.#recover();
    }
  }

  /** Once it was connected its certificate has been checked: what fails later is the network. */
  #refusedAtFirst(negotiation: Negotiation): boolean {
    return this.#proven !== negotiation && handshakeRefused(negotiation.peer);
  }

  #connected(negotiation: Negotiation): void {
    const { peer, fingerprint } = negotiation;
    const checked = fingerprint ? checkCertificate(peer, fingerprint) : "other";
    if (checked === "other") {
      this.#refuse("bad_fingerprint");
      return;
    }
    if (checked === "later") {
      this.#cancelCheck();
      this.#cancelCheck = this.#options.clock.after(CHECK_AGAIN, () => this.#changed(negotiation));
      return;
    }
    this.#proven = negotiation;
    this.#cancelAttempt();
    this.#attempts = 0;
    this.#lastArrival = this.#options.clock.now();
    batch(() => {
      // After trouble the picture is attached anew: one that froze does not thaw by itself.
      if (this.state.peek() === "reconnecting") this.remote.value = null;
      this.#show(negotiation);
      this.state.value = "connected";
      this.struggling.value = false;
      this.security.value = { ...this.security.peek(), fingerprintChecked: checked === "same" };
    });
  }

  /** Has the picture attached before it comes: attaching takes the page as long as connecting. */
  #show(negotiation: Negotiation): void {
    const { incoming } = negotiation;
    const known = this.remote.peek()?.getTracks() ?? [];
    if (this.#current !== negotiation) return;
    if (incoming.length === known.length && incoming.every((track) => known.includes(track)))
      return;
    this.remote.value = this.#options.stream(incoming);
    // A received track is muted until something comes (WebRTC, section 5.3).
    const arrived = (): void => {
      this.arriving.value = true;
    };
    const [picture] = incoming.filter(({ kind }) => kind === "video");
    if (picture?.muted === false) arrived();
    else picture?.addEventListener("unmute", arrived, { once: true });
  }

  #failed(error: unknown): void {
    if (error instanceof SealError) {
      this.#refuse(error.code);
    } else {
      this.#await(RESTART_PATIENCE);
    }
  }

  #refuse(code: SealCode): void {
    this.#drop();
    this.#cancelAttempt();
    batch(() => {
      this.refusal.value = code;
      this.remote.value = null;
      this.state.value = "refused";
    });
  }

  /** Tries to restart what there is; what follows if that does not help is set up here too. */
  #recover(): void {
    if (this.#closed || this.state.peek() === "refused") return;
    this.state.value = "reconnecting";
    this.#options.suspect();
    // Both sides notice, and the host offers. A guest offers when nothing came of that: two offers
    // that cross cost a rollback, after which Chromium's picture stands still.
    if (this.#attempts === 0) {
      if (this.#options.host) void this.#current?.restart();
    } else if (this.#options.host && this.#options.reachable()) void this.rebuild();
    else void this.#current?.restart();
    this.#await(
      this.#attempts === 0
        ? RESTART_PATIENCE
        : Math.min(RESTART_PATIENCE * 2 ** this.#attempts, LONGEST_PATIENCE),
    );
  }

  #await(patience: number): void {
    this.#cancelAttempt();
    this.#cancelAttempt = this.#options.clock.after(patience, () => {
      this.#attempts += 1;
      if (this.#attempts >= TELL_AFTER) this.struggling.value = true;
      this.#recover();
    });
  }

  #look(): void {
    const { clock } = this.#options;
    this.#cancelLook = clock.after(LOOK, async () => {
      const negotiation = this.#current;
      if (!negotiation || this.#closed) return;
      try {
        const sample = sampleOf(await negotiation.peer.getStats());
        if (this.#current === negotiation) this.#judge(sample);
      } catch {
        // A connection that closes meanwhile has nothing to tell.
      }
      if (this.#current === negotiation && !this.#closed) this.#look();
    });
  }

  #judge(sample: Sample): void {
    const now = this.#options.clock.now();
    const arrived = sample.bytes > this.#lastBytes;
    this.#lastBytes = sample.bytes;
    if (arrived) {
      this.#lastArrival = now;
      if (this.state.peek() === "reconnecting") this.#arrivesAgain();
    } else if (this.state.peek() === "connected" && now - this.#lastArrival > SILENCE) {
      this.#recover();
    }
    this.security.value = {
      ...sample.security,
      fingerprintChecked: this.security.peek().fingerprintChecked,
    };
    this.#samples.push(sample);
    const before = this.#samples[0];
    if (!before || this.#samples.length <= JUDGE) return;
    this.#samples = [sample];
    this.quality.value = qualityBetween(before, sample);
    this.#feed(starving(before, sample));
  }

  /** Packets flow although no event said so: a restart's new way is the same connection. */
  #arrivesAgain(): void {
    const negotiation = this.#current;
    if (negotiation?.peer.connectionState === "connected") this.#connected(negotiation);
  }

  #feed(hungry: boolean): void {
    if (this.audioOnly.peek()) return;
    this.#starved = hungry && this.state.peek() === "connected" ? this.#starved + 1 : 0;
    if (this.#starved < STARVED) return;
    this.#starved = 0;
    this.audioOnly.value = true;
    this.#cancelPause = this.#options.clock.after(PICTURE_PAUSE, () => {
      this.audioOnly.value = false;
    });
  }

  #drop(): void {
    this.#cancelLook();
    this.#cancelCheck();
    this.#current?.close();
    this.#current = undefined;
  }
}
