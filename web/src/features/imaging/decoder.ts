/** Has a worker of its own decode: what a hostile file does there ends with it, and the page lives on. */
import type { Clock } from "../ports.ts";
import { Refused, type Why } from "./dicom/head.ts";
import { DECODING } from "./limits.ts";
import type { Picture } from "./picture.ts";

export type CodecName = "jpeg" | "jpeg-ls" | "jpeg-2000";

/** One frame of a file: of the one before, where no bytes are given. */
export interface Ask {
  readonly bytes: Uint8Array | null;
  readonly frame: number;
}

/** To the worker: what is to be done, or the code that it asked for. It cannot fetch any itself. */
export type ToWorker = Ask | { readonly codec: CodecName; readonly code: ArrayBuffer };

export type FromWorker =
  | { readonly picture: Picture }
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

interface Waiting {
  readonly ask: Ask;
  readonly done: (picture: Picture) => void;
  readonly failed: (error: unknown) => void;
}

export class Decoder {
  readonly #needs: DecoderNeeds;
  readonly #queue: Waiting[] = [];
  #bench: Workbench | undefined;
  #current: { readonly waiting: Waiting; rest: () => void } | undefined;

  constructor(needs: DecoderNeeds) {
    this.#needs = needs;
  }

  /** Takes the bytes over. Rejects with Refused, or where a codec cannot be fetched. */
  decode(ask: Ask): Promise<Picture> {
    return new Promise((done, failed) => {
      this.#queue.push({ ask, done, failed });
      this.#next();
    });
  }

  /** Whatever is still waited for is never answered. */
  end(): void {
    this.#queue.length = 0;
    this.#stop();
  }

  #next(): void {
    if (this.#current) return;
    const waiting = this.#queue.shift();
    if (!waiting) return;
    this.#current = { waiting, rest: this.#timed() };
    const { bytes } = waiting.ask;
    this.#bench ??= this.#needs.startDecoder(
      (message) => void this.#told(message),
      () => this.#failed(new Refused("broken", "the worker failed")),
    );
    this.#bench.post(waiting.ask, bytes ? [bytes.buffer as ArrayBuffer] : []);
  }

  #timed(): () => void {
    return this.#needs.clock.after(DECODING, () => this.#failed(new Refused("too_slow")));
  }

  async #told(message: FromWorker): Promise<void> {
    const current = this.#current;
    if (!current) return;
    if ("wants" in message) return await this.#bring(message.wants);
    current.rest();
    this.#current = undefined;
    if ("picture" in message) current.waiting.done(message.picture);
    else current.waiting.failed(new Refused(message.refused));
    this.#next();
  }

  /** The time that the network takes is not the file's. */
  async #bring(codec: CodecName): Promise<void> {
    const current = this.#current;
    current?.rest();
    try {
      const code = await this.#needs.codecCode(codec);
      if (this.#current !== current || !current) return;
      current.rest = this.#timed();
      this.#bench?.post({ codec, code }, []);
    } catch (error) {
      if (this.#current === current) this.#failed(error);
    }
  }

  /** The worker goes, and what it was about; the others have a new one. */
  #failed(error: unknown): void {
    const current = this.#current;
    this.#stop();
    current?.waiting.failed(error);
    this.#next();
  }

  #stop(): void {
    this.#current?.rest();
    this.#current = undefined;
    this.#bench?.end();
    this.#bench = undefined;
  }
}
