/** Has a worker of its own decode: what a hostile file does there ends with it, and the page lives on. */
import type { Clock } from "../ports.ts";
import { Refused, type Why } from "./dicom/head.ts";
import { DECODING } from "./limits.ts";
import type { Picture } from "./picture.ts";
import type { SavedMarks } from "./saved/model.ts";

export type CodecName = "jpeg" | "jpeg-ls" | "jpeg-2000";

/** One frame of a file: of the one before, where no bytes are given. */
export interface Ask {
  readonly bytes: Uint8Array | null;
  readonly frame: number;
}

/** A file of marks, and no picture. */
interface AskForMarks {
  readonly marks: Uint8Array;
}

/** To the worker: what is to be done, or the code that it asked for. It cannot fetch any itself. */
export type ToWorker =
  | Ask
  | AskForMarks
  | { readonly codec: CodecName; readonly code: ArrayBuffer };

export type FromWorker =
  /** Its code is there: from now on time counts. */
  | { readonly ready: true }
  | { readonly picture: Picture }
  | { readonly saved: SavedMarks }
  | { readonly refused: Why }
  | { readonly wants: CodecName };

/** A running worker, as the platform starts it. */
export interface Workbench {
  /** The bytes go over: they are gone here. */
  post(message: ToWorker, moved: readonly ArrayBuffer[]): void;
  end(): void;
}

export interface DecoderNeeds {
  readonly clock: Clock;
  startDecoder(told: (message: FromWorker) => void, failed: () => void): Workbench;
  /** Rejects where there is no network. */
  codecCode(name: CodecName): Promise<ArrayBuffer>;
}

type Done = Extract<FromWorker, { picture: Picture } | { saved: SavedMarks }>;

interface Waiting {
  readonly ask: Ask | AskForMarks;
  readonly signal: AbortSignal | undefined;
  readonly done: (found: Done) => void;
  readonly failed: (error: unknown) => void;
}

/** The worker, or its code, is not to be had: another attempt may do. */
class NoWorker extends Error {
  override readonly name = "NoWorker";
}

/** A worker from its start to its end. */
interface Running {
  readonly bench: Workbench;
  ready: boolean;
}

const bytesOf = (ask: Waiting["ask"]): Uint8Array | null =>
  "marks" in ask ? ask.marks : ask.bytes;

export class Decoder {
  readonly #needs: DecoderNeeds;
  #queue: Waiting[] = [];
  /** The file of what was given up before its turn: the next frame may be of it. */
  #spare: Uint8Array | null = null;
  #running: Running | undefined;
  #current: Waiting | undefined;
  #rest: () => void = () => undefined;
  #ended = false;

  constructor(needs: DecoderNeeds) {
    this.#needs = needs;
  }

  /**
   * Takes the bytes over. Rejects with Refused, where the worker or a codec cannot be fetched, and with
   * the signal's reason where it was given up before its turn; never settles once it was ended.
   */
  async decode(ask: Ask, signal?: AbortSignal): Promise<Picture> {
    const found = await this.#ask(ask, signal);
    if ("picture" in found) return found.picture;
    throw new Refused("broken");
  }

  /** What a file of marks says; as `decode`. */
  async read(marks: Uint8Array): Promise<SavedMarks> {
    const found = await this.#ask({ marks });
    if ("saved" in found) return found.saved;
    throw new Refused("broken");
  }

  #ask(ask: Waiting["ask"], signal?: AbortSignal): Promise<Done> {
    return new Promise((done, failed) => {
      this.#queue.push({ ask, signal, done, failed });
      this.#next();
    });
  }

  end(): void {
    this.#ended = true;
    this.#queue = [];
    this.#spare = null;
    this.#stop();
  }

  #next(): void {
    if (this.#current || this.#ended) return;
    const waiting = this.#queue.shift();
    if (!waiting) return;
    const bytes = bytesOf(waiting.ask) ?? this.#spare;
    if (waiting.signal?.aborted) {
      this.#spare = bytes;
      waiting.failed(waiting.signal.reason);
      this.#next();
      return;
    }
    this.#spare = null;
    this.#current = waiting;
    this.#running ??= this.#started();
    if (this.#running.ready) this.#time();
    const ask = "marks" in waiting.ask ? waiting.ask : { ...waiting.ask, bytes };
    this.#running.bench.post(ask, bytes ? [bytes.buffer as ArrayBuffer] : []);
  }

  /** What a worker that was ended still says is nobody's. */
  #started(): Running {
    const running: Running = {
      bench: this.#needs.startDecoder(
        (message) => {
          if (this.#running === running) this.#told(running, message);
        },
        () => {
          if (this.#running !== running) return;
          this.#failed(running.ready ? new Refused("broken") : new NoWorker());
        },
      ),
      ready: false,
    };
    return running;
  }

  #time(): void {
    this.#rest();
    this.#rest = this.#needs.clock.after(DECODING, () => this.#failed(new Refused("too_slow")));
  }

  #told(running: Running, message: FromWorker): void {
    const current = this.#current;
    if ("ready" in message) {
      running.ready = true;
      if (current) this.#time();
    } else if ("wants" in message) {
      void this.#bring(running, message.wants);
    } else if (current) {
      this.#rest();
      this.#current = undefined;
      if ("refused" in message) current.failed(new Refused(message.refused));
      else current.done(message);
      this.#next();
    }
  }

  /** The time that the network takes is not the file's. */
  async #bring(running: Running, codec: CodecName): Promise<void> {
    this.#rest();
    try {
      const code = await this.#needs.codecCode(codec);
      if (this.#running !== running) return;
      this.#time();
      running.bench.post({ codec, code }, []);
    } catch (error) {
      if (this.#running === running) this.#failed(error);
    }
  }

  /** The worker goes, with what it was about and what it had in hand; the others have a new one. */
  #failed(error: unknown): void {
    const current = this.#current;
    const lost = this.#queue.filter(({ ask }) => bytesOf(ask) === null);
    this.#queue = this.#queue.filter(({ ask }) => bytesOf(ask) !== null);
    this.#stop();
    current?.failed(error);
    for (const { failed } of lost) failed(new NoWorker());
    this.#next();
  }

  #stop(): void {
    this.#rest();
    this.#rest = () => undefined;
    this.#current = undefined;
    this.#running?.bench.end();
    this.#running = undefined;
  }
}
