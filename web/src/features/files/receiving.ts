/** Files of a link on their way to this device: begun, paused, gone on with, saved. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import type { Outside } from "../../sealing/handed.ts";
import type { Statement } from "../../sealing/statement.ts";
import type { Clock, Progress, Received } from "../ports.ts";
import { fileName } from "../prescription/parts.ts";
import type { Problem } from "../problems.ts";
import type { Failure, RunJob, RunningJob, Wanted } from "./jobs.ts";
import { KEPT } from "./limits.ts";

export type FileState = "idle" | "going" | "paused" | "saved";

export interface IncomingFile {
  readonly name: string;
  readonly length: number;
  readonly state: ReadonlySignal<FileState>;
  readonly progress: ReadonlySignal<Progress>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Begins, goes on, and once it is there saves it again. */
  start(): Promise<void>;
  pause(): void;
}

export interface ReceivingNeeds {
  readonly runJob: RunJob;
  readonly received: Received;
  readonly clock: Clock;
}

/** Is told when the first file is begun, and when all were saved. */
export interface Keeping {
  begun(): Promise<void>;
  ended(): Promise<void>;
}

class Incoming implements IncomingFile {
  readonly name: string;
  readonly length: number;
  readonly state = signal<FileState>("idle");
  readonly progress = signal<Progress>({ done: 0, waiting: false });
  readonly problem = signal<Problem | null>(null);
  readonly #needs: ReceivingNeeds;
  readonly #wanted: Wanted;
  /** The name of the scratch file: says which part it is of. */
  readonly #into: string;
  readonly #keeping: Keeping;
  #running: RunningJob | undefined;
  #file: Blob | undefined;

  constructor(needs: ReceivingNeeds, wanted: Wanted, name: string, keeping: Keeping) {
    this.#needs = needs;
    this.#keeping = keeping;
    this.#wanted = wanted;
    this.name = fileName(name);
    this.length = wanted.info.length;
    this.#into = b64u(wanted.info.tree);
  }

  readonly start = async (): Promise<void> => {
    if (this.state.peek() === "going") return;
    if (this.state.peek() === "saved") return this.#save();
    batch(() => {
      this.problem.value = null;
      this.state.value = "going";
    });
    // Where it cannot be kept, a page that is opened again counts as another opening.
    await this.#keeping.begun().catch(() => undefined);
    if (this.#wasPaused()) return;
    const job = { kind: "fetch", into: this.#into, ...this.#wanted } as const;
    const running = this.#needs.runJob(job, (progress) => {
      this.progress.value = progress;
    });
    this.#running = running;
    const { file, failed } = await running.done;
    if (failed) return this.#failed(failed);
    this.#file = file;
    try {
      await this.#save();
      this.state.value = "saved";
      await this.#keeping.ended().catch(() => undefined);
    } catch {
      await this.#failed({ key: "internal", loud: false });
    }
  };

  readonly pause = (): void => {
    this.#running?.stop();
    this.state.value = "paused";
  };

  async #failed(failure: Failure): Promise<void> {
    const retry = failure.loud ? {} : { retry: () => void this.start() };
    batch(() => {
      this.state.value = failure.loud ? "idle" : "paused";
      this.problem.value = { ...failure, ...retry };
    });
    // What was changed on its way is not the author's, and nobody wants the beginning of it.
    if (failure.loud) await this.#needs.received.erase(this.#into);
  }

  #wasPaused(): boolean {
    return this.state.peek() === "paused";
  }

  async #save(): Promise<void> {
    const { received } = this.#needs;
    if (this.#file) received.saveBlob(this.#file, this.name);
    else await received.save(this.#into, this.name);
  }
}

/** The files of a link. Erases what others left here a day ago. */
export function incoming(
  needs: ReceivingNeeds,
  { key, parts }: Outside,
  statement: Statement,
  keeping: Keeping,
): readonly IncomingFile[] {
  void needs.received.eraseOlder(needs.clock.now() - KEPT);
  const files: Incoming[] = [];
  const ended = async (): Promise<void> => {
    if (files.every(({ state }) => state.value === "saved")) await keeping.ended();
  };
  for (const [at, part] of parts.entries()) {
    const info = statement.parts[at];
    const told = { ...keeping, ended };
    if (info) files.push(new Incoming(needs, { part, key, info }, info.name, told));
  }
  return files;
}
