/** Has a worker of its own draw a file: what a hostile one does there ends with it, and the page lives on. */
import type { Clock } from "../ports.ts";
import type { Kind } from "./kind.ts";
import { DRAWING } from "./limits.ts";
import { Refused, type Sheet, type Why } from "./sheet.ts";

/** A file of the library that reads PDF: `wasmUrl/openjpeg.wasm`. */
export type Asset = string;

/** To the worker: what is to be done, or the file that it asked for. It cannot fetch any itself. */
export type ToWorker =
  | { readonly open: Blob }
  | { readonly draw: number; readonly scale: number }
  | { readonly asset: Asset; readonly bytes: Uint8Array | null };

export type FromWorker =
  /** Its code is there: from now on time counts. */
  | { readonly ready: true }
  | { readonly opened: number }
  | { readonly drawn: Sheet }
  | { readonly refused: Why }
  | { readonly wants: Asset };

/** A running worker, as the platform starts it. */
interface Bench {
  post(message: ToWorker): void;
  end(): void;
}

export interface RendererNeeds {
  readonly clock: Clock;
  startRenderer(kind: Kind, told: (message: FromWorker) => void, failed: () => void): Bench;
  /** Null for what is none of ours. Rejects where there is no network. */
  asset(name: Asset): Promise<Uint8Array | null>;
}

/** The worker, or its code, is not to be had: another attempt may do. */
class NoWorker extends Error {
  override readonly name = "NoWorker";
}

/** A worker from its start to its end. */
interface Running {
  readonly bench: Bench;
  ready: boolean;
}

interface Waiting {
  readonly done: (message: FromWorker) => void;
  readonly failed: (error: unknown) => void;
}

/** One thing at a time: whoever asks waits for the answer before asking again. */
export class Renderer {
  readonly #needs: RendererNeeds;
  readonly #kind: Kind;
  readonly #file: Blob;
  #running: Running | undefined;
  #waiting: Waiting | undefined;
  #rest: () => void = () => undefined;
  /** What of its time is left to what was asked, and how many files of ours the worker waits for. */
  #left = DRAWING;
  #bringing = 0;

  constructor(needs: RendererNeeds, kind: Kind, file: Blob) {
    this.#needs = needs;
    this.#kind = kind;
    this.#file = file;
  }

  /** Gives how many pages it has. Rejects with Refused, or where the worker cannot be had. */
  async open(): Promise<number> {
    this.#stop();
    this.#running = this.#started();
    const found = await this.#ask({ open: this.#file });
    if ("opened" in found) return found.opened;
    throw new Refused("refused" in found ? found.refused : "broken");
  }

  /** As `open`; a worker that was ended is started again. */
  async draw(page: number, scale: number): Promise<Sheet> {
    if (!this.#running) await this.open();
    const found = await this.#ask({ draw: page, scale });
    if ("drawn" in found) return found.drawn;
    throw new Refused("refused" in found ? found.refused : "broken");
  }

  /** What was asked is then never answered. */
  end(): void {
    this.#stop();
  }

  #ask(message: ToWorker): Promise<FromWorker> {
    return new Promise((done, failed) => {
      this.#waiting = { done, failed };
      this.#left = DRAWING;
      if (this.#running?.ready) this.#time();
      this.#running?.bench.post(message);
    });
  }

  /** What a worker that was ended still says is nobody's. */
  #started(): Running {
    const running: Running = {
      bench: this.#needs.startRenderer(
        this.#kind,
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

  #told(running: Running, message: FromWorker): void {
    if ("ready" in message) {
      running.ready = true;
      if (this.#waiting) this.#time();
    } else if ("wants" in message) {
      void this.#bring(running, message.wants);
    } else {
      this.#rest();
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.done(message);
    }
  }

  /** The time that the network takes is not the file's. */
  async #bring(running: Running, asset: Asset): Promise<void> {
    this.#rest();
    this.#bringing += 1;
    try {
      const bytes = await this.#needs.asset(asset);
      if (this.#running !== running) return;
      this.#bringing -= 1;
      if (this.#waiting && this.#bringing === 0) this.#time();
      running.bench.post({ asset, bytes });
    } catch (error) {
      if (this.#running === running) this.#failed(error);
    }
  }

  /** Goes on where it stopped: what asks for many files has no more time than others. */
  #time(): void {
    const { clock } = this.#needs;
    this.#rest();
    const since = clock.now();
    const late = clock.after(this.#left, () => this.#failed(new Refused("too_slow")));
    this.#rest = () => {
      late();
      this.#left = Math.max(0, this.#left - (clock.now() - since));
      this.#rest = () => undefined;
    };
  }

  #failed(error: unknown): void {
    const waiting = this.#waiting;
    this.#stop();
    waiting?.failed(error);
  }

  #stop(): void {
    this.#rest();
    this.#bringing = 0;
    this.#waiting = undefined;
    this.#running?.bench.end();
    this.#running = undefined;
  }
}
