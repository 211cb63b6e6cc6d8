/** Jobs of a worker, done in the test itself: a job that is stopped makes no more requests. */
import type { FilesPlatform } from "../../../src/features/files/choosing.ts";
import { failureOf, type RunJob } from "../../../src/features/files/jobs.ts";
import type { Chosen } from "../../../src/features/files/source.ts";
import { work } from "../../../src/features/files/working.ts";
import type { DecoderNeeds } from "../../../src/features/imaging/decoder.ts";
import type { Http, Received, ScratchFile } from "../../../src/features/ports.ts";
import type { RendererNeeds } from "../../../src/features/viewing/renderer.ts";
import { b64u } from "../../../src/sealing/encoding.ts";
import { SLOW } from "../../../src/sealing/engine.ts";
import { hash } from "../../../src/sealing/kdf.ts";
import { stretchBytes } from "../../../src/sealing/stretch.ts";
import { decodersOf } from "./decoders.ts";
import { renderersOf } from "./renderers.ts";
import type { Browser, World } from "./world.ts";

export class Workbench {
  /** The private file system of one browser. */
  readonly disk = new Map<string, Uint8Array>();
  readonly saved = new Map<string, Uint8Array>();
  /** Which ranges were asked for, of every request that went out. */
  readonly asked: string[] = [];
  /** Requests that may still go out. */
  left = Number.POSITIVE_INFINITY;
  /** Answers of more than a megabyte that are to be cut in the middle. */
  cuts = 0;
  /** The server changes one byte of each large answer; how often it has. */
  spoils = false;
  spoilt = 0;
  /** Bytes that a file may have. */
  room = Number.POSITIVE_INFINITY;
  readonly #world: World;
  readonly #browser: Browser;

  constructor(world: World, browser: Browser) {
    this.#world = world;
    this.#browser = browser;
  }

  readonly runJob: RunJob = (job, told) => {
    const { clock, random, origin } = this.#world;
    let stopped = false;
    const place = {
      clock,
      random,
      engine: SLOW,
      origin,
      stretch: stretchBytes,
      vaults: this.#browser.vaults(),
      scratch: async (name: string) => this.#scratch(name),
      http: (request: Parameters<Http>[0]) => {
        if (stopped) return new Promise<never>(() => undefined);
        return this.http(request);
      },
    };
    const done = work(place, job, (progress) => {
      if (!stopped) told(progress);
    }).catch((error: unknown) => ({ failed: failureOf(error) }));
    const stop = (): void => {
      stopped = true;
    };
    return { done, stop };
  };

  readonly http: Http = async (request) => {
    if (this.left === 0) throw new TypeError("network");
    this.left -= 1;
    this.asked.push(request.headers["range"] ?? "");
    const answer = await this.#world.http(request);
    if (this.spoils && answer.body.length > 64 * 1024) {
      const body = answer.body.slice();
      this.spoilt += 1;
      body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      return { ...answer, body };
    }
    if (this.cuts === 0 || answer.body.length < 1024 * 1024) return answer;
    this.cuts -= 1;
    return { ...answer, body: answer.body.slice(0, -1) };
  };

  readonly engine = SLOW;

  /** What went to the downloads without a scratch file. */
  readonly handed = new Map<string, Blob>();

  /** To a desk of the same browser. */
  get line(): Browser["line"] {
    return this.#browser.line;
  }

  /** The worker that decodes images, in the test itself. */
  get decoders(): DecoderNeeds {
    return decodersOf(this.#world.clock);
  }

  /** The worker that draws pictures and PDF, in the test itself: it draws nothing. */
  get renderers(): RendererNeeds {
    return renderersOf(this.#world.clock);
  }

  readonly received: Received = {
    save: async (scratch, name) =>
      void this.saved.set(name, this.disk.get(scratch) ?? new Uint8Array()),
    saveBlob: (blob, name) => void this.handed.set(name, blob),
    erase: async (scratch) => void this.disk.delete(scratch),
    eraseOlder: async () => undefined,
  };

  #scratch(name: string): ScratchFile {
    const { disk } = this;
    const bytes = (): Uint8Array => disk.get(name) ?? new Uint8Array();
    return {
      read: (at, length) => bytes().slice(at, at + length),
      write: (at, more) => {
        if (at + more.length > this.room) throw new DOMException("full", "QuotaExceededError");
        const whole = new Uint8Array(Math.max(bytes().length, at + more.length));
        whole.set(bytes());
        whole.set(more, at);
        disk.set(name, whole);
      },
      truncate: (size) => void disk.set(name, bytes().slice(0, size)),
      flush: () => undefined,
      close: () => undefined,
    };
  }
}

/** Files that somebody chooses in a browser, and its worker. */
export const filesIn = ({ runJob }: Workbench, files: () => readonly Chosen[]): FilesPlatform => ({
  runJob,
  chosenFiles: files,
  droppedFiles: async () => files(),
});

export const chosen = (
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  lastModified = 1e12,
): Chosen => ({ path, file: new File([bytes], path.split("/").at(-1) ?? path, { lastModified }) });

/** Bytes that say where they are. */
export function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 7 + (i >> 16)) & 0xff;
  return bytes;
}

/** Megabytes are not compared byte by byte in a report. */
export const digest = (bytes: Uint8Array | undefined): string =>
  b64u(hash(bytes ?? new Uint8Array(1)));
