/**
 * What the view-models need of the world around them. `platform/` implements every one with the
 * browser; tests implement them in memory. Times are milliseconds, `now` since the Unix epoch.
 */
import type { Random, Signer } from "../sealing/keys.ts";

export type { Random };

export interface Clock {
  now(): number;
  /** Calls `act` once, `ms` from now, unless the returned function is called before. */
  after(ms: number, act: () => void): () => void;
}

/** The `name` of the error that a vault's writes fail with once another tab owns its scope. */
export type TakenOver = "TakenOver";

/**
 * Secrets of one scope (a room, the desk) at rest, wrapped. The newest who opens a scope owns it;
 * the older owner's writes then fail with TakenOver, so that two tabs never advance one state.
 */
export interface Vault {
  load(name: string): Promise<Uint8Array | undefined>;
  /**
   * Survives the page and the browser when it resolves, a power cut too unless `quick`: for what
   * changes with every message, and whose loss costs a new handshake at worst.
   */
  save(name: string, secret: Uint8Array, quick?: "quick"): Promise<void>;
  erase(name: string): Promise<void>;
  names(): Promise<readonly string[]>;
  signer(name: string): Promise<Signer | undefined>;
  makeSigner(name: string): Promise<Signer>;
  /** Keeps a key that was made elsewhere (a demo's bundle). */
  keepSigner(name: string, seed: Uint8Array): Promise<Signer>;
}

/** Of a vault, what needs no keys of the browser's. */
export type Kept = Pick<Vault, "load" | "save" | "erase" | "names">;

export interface Vaults {
  /** False where the browser keeps nothing (private windows of some): memory only. */
  readonly lasting: boolean;
  /** Takes the scope over. */
  open(scope: string): Promise<Vault>;
  /** To read in, whoever owns it. */
  look(scope: string): Vault;
  scopes(): Promise<readonly string[]>;
  /** Erases all of a scope, keys included. */
  erase(scope: string): Promise<void>;
}

export interface Socket {
  send(message: Uint8Array): void;
  close(): void;
}

export interface SocketEvents {
  message(bytes: Uint8Array): void;
  /** Once, also when no connection came about. */
  closed(code: number): void;
}

/** Opens the server's WebSocket. */
export type Dial = (events: SocketEvents) => Socket;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** One request to the server; rejects only where no answer came, or nobody waits for it any more. */
export type Http = (request: {
  readonly method: string;
  /** With the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Gives the answer up: its bytes make room for others. */
  readonly signal?: AbortSignal;
}) => Promise<HttpAnswer>;

/** What the calls use of an RTCPeerConnection. */
export interface Peer {
  readonly connectionState: RTCPeerConnectionState;
  readonly iceGatheringState: RTCIceGatheringState;
  readonly signalingState: RTCSignalingState;
  readonly localDescription: RTCSessionDescription | null;
  addTransceiver(kind: "audio" | "video", init?: RTCRtpTransceiverInit): RTCRtpTransceiver;
  getTransceivers(): RTCRtpTransceiver[];
  createOffer(): Promise<RTCSessionDescriptionInit>;
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  addIceCandidate(candidate: RTCIceCandidateInit): Promise<void>;
  restartIce(): void;
  getStats(): Promise<RTCStatsReport>;
  setConfiguration(configuration: RTCConfiguration): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}

/** Makes a peer connection; throws where the browser has none. */
export type MakePeer = (configuration: RTCConfiguration) => Peer;

export interface MediaDevicesPort {
  /** False in in-app browsers and on insecure pages. */
  readonly available: boolean;
  /** An in-app browser (social networks, mail apps): its limits have another way out. */
  readonly inApp: boolean;
  readonly canShareScreen: boolean;
  /** The size of picture that this machine can code without sweating. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly canChooseSpeaker: boolean;
  user(constraints: MediaStreamConstraints): Promise<MediaStream>;
  display(): Promise<MediaStream>;
  list(): Promise<readonly MediaDeviceInfo[]>;
  /** Told when a device is plugged in or taken away. Returns the way to stop. */
  changed(told: () => void): () => void;
  /** A new stream of these tracks. */
  stream(tracks: readonly MediaStreamTrack[]): MediaStream;
  /** A drawn picture that moves, and a silent sound track. */
  testPicture(): MediaStream;
  /** Tells the level of the stream's sound, 0 to 1, about 15 times a second. */
  level(stream: MediaStream, told: (level: number) => void): () => void;
  /** Plays a short sound on the speaker. */
  chime(speaker: string | null): Promise<void>;
}

export interface Surroundings {
  /** The page came back to the front, or out of the browser's cache. */
  woke(told: () => void): () => void;
  /** The network changed, or is there again. */
  networkChanged(told: () => void): () => void;
  readonly online: boolean;
  /** Keeps the screen awake until the returned function is called; does nothing where it cannot. */
  keepAwake(): () => void;
}

/** Other tabs of the same page. */
export interface Tabs {
  /** Tells the others that this tab now holds `scope`; returns the way to stop listening. */
  take(scope: string, taken: () => void): () => void;
}

export interface Attention {
  readonly notifications: "ask" | "on" | "off";
  ask(): Promise<"ask" | "on" | "off">;
  /** A system notification, where allowed and while the page is hidden. */
  notify(title: string): void;
  ring(): void;
}

export interface Address {
  /** As in `https://consult.example.org`. */
  readonly origin: string;
  fragment(): string;
  /** Takes the fragment out of the address bar and of this entry of the history. */
  clearFragment(): void;
}

/** Photos, without what the camera wrote into the file. */
export interface Photos {
  /** A JPEG of the picture alone; rejects where it is no picture. */
  clean(file: Blob): Promise<Uint8Array>;
  /** An address for `<img>`. */
  url(bytes: Uint8Array, media: string): string;
}

/** Passkeys that give a secret (WebAuthn with the PRF extension). */
export interface Passkeys {
  /** Whether this browser and device can make one. */
  available(): Promise<boolean>;
  /** Makes one; `label` is what the person sees in their list of passkeys. Gives 32 bytes for `use`. Rejects with DOMException where the person declines. */
  make(
    label: string,
    use: string,
  ): Promise<{ readonly id: Uint8Array; readonly secret: Uint8Array }>;
  /** The secret of one that is there: of `id`, or of whichever the person chooses. */
  secret(use: string, id?: Uint8Array): Promise<Uint8Array>;
}

/** A file of this origin's own, out of the page's memory; what was written lasts beyond the page. */
export interface ScratchFile {
  /** Fewer bytes where it ends before. */
  read(at: number, length: number): Uint8Array;
  write(at: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  /** What was written survives a power cut from then on. */
  flush(): void;
  close(): void;
}

/** Opens such a file, made where it is not there; rejects where the browser has none. */
export type Scratch = (name: string) => Promise<ScratchFile>;

/** Files that were received, on this device. */
export interface Received {
  /** Has the browser save a scratch file, under a name for people. */
  save(scratch: string, name: string): Promise<void>;
  /** The same, of one that is in memory. */
  saveBlob(file: Blob, name: string): void;
  erase(scratch: string): Promise<void>;
  /** Erases what was written before then: milliseconds since the epoch. */
  eraseOlder(moment: number): Promise<void>;
}

/** What long work in a worker says of itself on the way. */
export interface Progress {
  /** Bytes of the plaintext that are there. */
  readonly done: number;
  /** The network is gone: it is tried again by and by. */
  readonly waiting: boolean;
}

/** Between pages of one browser: one asks, and another one answers. */
export interface Line {
  /** Undefined where nobody answers within so many milliseconds, or can do what is asked. */
  ask(question: unknown, patience: number): Promise<unknown>;
  /** The returned function ends it. A rejection is no answer, and is told as one at once. */
  answer(answering: (question: unknown) => Promise<unknown>): () => void;
}

export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly vaults: Vaults;
  readonly dial: Dial;
  readonly http: Http;
  readonly makePeer: MakePeer;
  readonly devices: MediaDevicesPort;
  readonly surroundings: Surroundings;
  readonly tabs: Tabs;
  readonly attention: Attention;
  readonly address: Address;
  readonly photos: Photos;
  readonly passkeys: Passkeys;
  /** Runs once, in pauses of the page, what a handshake will run: then that is quick. */
  readonly rehearse: () => void;
}
