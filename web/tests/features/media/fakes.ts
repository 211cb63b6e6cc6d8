/** Devices in memory: what getUserMedia gives or refuses is set by each test. */
import type { MediaDevicesPort } from "../../../src/features/ports.ts";

export class FakeTrack extends EventTarget {
  readonly kind: "audio" | "video";
  readonly id: string;
  enabled = true;
  muted = false;
  readyState: "live" | "ended" = "live";
  contentHint = "";

  constructor(kind: "audio" | "video", id: string) {
    super();
    this.kind = kind;
    this.id = id;
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.id };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** Unplugged: the browser says so, as it does not for `stop()`. */
  vanish(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

class FakeStream {
  readonly #tracks: readonly FakeTrack[];

  constructor(tracks: readonly FakeTrack[]) {
    this.#tracks = tracks;
  }

  getTracks = (): readonly FakeTrack[] => this.#tracks;
  getAudioTracks = (): FakeTrack[] => this.#tracks.filter(({ kind }) => kind === "audio");
  getVideoTracks = (): FakeTrack[] => this.#tracks.filter(({ kind }) => kind === "video");
}

/** A stream of fakes, as the models see it. */
export const stream = (...tracks: readonly FakeTrack[]): MediaStream =>
  new FakeStream(tracks) as unknown as MediaStream;

export class FakeDevices implements MediaDevicesPort {
  available = true;
  inApp = false;
  canShareScreen = true;
  canChooseSpeaker = true;
  picture = { width: 640, height: 480 };
  /** What was asked for, newest last. */
  readonly asked: MediaStreamConstraints[] = [];
  readonly given: FakeTrack[] = [];
  /** Names of the errors with which the next requests for each kind fail. */
  refuseAudio: string | undefined;
  refuseVideo: string | undefined;
  refuseDisplay: string | undefined;
  tellLevel: (level: number) => void = () => undefined;
  readonly chimes: (string | null)[] = [];

  async user(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    const error =
      (constraints.audio ? this.refuseAudio : undefined) ??
      (constraints.video ? this.refuseVideo : undefined);
    if (error) throw new DOMException("refused", error);
    const tracks: FakeTrack[] = [];
    if (constraints.audio) tracks.push(this.#give("audio", constraints.audio));
    if (constraints.video) tracks.push(this.#give("video", constraints.video));
    return stream(...tracks);
  }

  async display(): Promise<MediaStream> {
    if (this.refuseDisplay) throw new DOMException("refused", this.refuseDisplay);
    return stream(this.#give("video", { deviceId: { exact: "screen" } }));
  }

  async list(): Promise<readonly MediaDeviceInfo[]> {
    const kinds = ["audioinput", "videoinput", "audiooutput"] as const;
    return kinds.flatMap((kind) =>
      [1, 2].map((n) => {
        const device = { deviceId: `${kind}-${n}`, groupId: "", kind, label: `${kind} ${n}` };
        return { ...device, toJSON: () => device };
      }),
    );
  }

  changed = (): (() => void) => () => undefined;

  stream(tracks: readonly MediaStreamTrack[]): MediaStream {
    return stream(...(tracks as unknown as readonly FakeTrack[]));
  }

  testPicture(): MediaStream {
    return stream(new FakeTrack("audio", "silence"), new FakeTrack("video", "drawn"));
  }

  level(_: MediaStream, told: (level: number) => void): () => void {
    this.tellLevel = told;
    return () => {
      this.tellLevel = () => undefined;
    };
  }

  async chime(speaker: string | null): Promise<void> {
    this.chimes.push(speaker);
  }

  #give(kind: "audio" | "video", constraints: boolean | MediaTrackConstraints): FakeTrack {
    const asked = typeof constraints === "object" ? constraints.deviceId : undefined;
    const exact = typeof asked === "object" && "exact" in asked ? asked.exact : undefined;
    const track = new FakeTrack(kind, typeof exact === "string" ? exact : `${kind}input-1`);
    this.given.push(track);
    return track;
  }
}
