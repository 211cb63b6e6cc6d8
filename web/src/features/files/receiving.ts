/** Files of a link on their way to this device: begun, paused, gone on with, saved. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import type { Engine } from "../../sealing/engine.ts";
import type { Outside } from "../../sealing/handed.ts";
import type { Statement } from "../../sealing/statement.ts";
import type { DecoderNeeds } from "../imaging/decoder.ts";
import type { Drawings } from "../imaging/marking.ts";
import type { ViewerModel } from "../imaging/model.ts";
import type { Line, Platform, Progress, Received } from "../ports.ts";
import { fileName } from "../prescription/parts.ts";
import type { Problem } from "../problems.ts";
import type { ArchiveModel } from "../viewing/archive.ts";
import { mayBeArchive, mayBeShown } from "../viewing/kind.ts";
import type { SheetsModel } from "../viewing/model.ts";
import type { RendererNeeds } from "../viewing/renderer.ts";
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
  /** Takes it off this device, what is in the downloads excepted. */
  erase(): Promise<void>;
  /** Opens the images of a study, before the rest of it is there; null for other files. */
  readonly look: (() => Promise<ViewerModel | null>) | null;
  /** Shows a picture or a PDF in the page; null for what has no such name. */
  readonly view: (() => Promise<SheetsModel | null>) | null;
  /** Lists what is in a zip, of which each file is fetched on its own; null for what is none by its name. */
  readonly inside: (() => Promise<ArchiveModel | null>) | null;
}

export interface ReceivingNeeds extends Pick<Platform, "http" | "clock" | "random" | "address"> {
  readonly runJob: RunJob;
  readonly received: Received;
  readonly engine: Engine;
  readonly decoders: DecoderNeeds;
  readonly renderers: RendererNeeds;
  /** To the desk of this browser, if there is one. */
  readonly line: Pick<Line, "ask">;
}

/** Is told when a file is begun, and when the person wants nothing of the link to stay. */
export interface Keeping {
  begun(): Promise<void>;
  erased(): Promise<void>;
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
  readonly look: IncomingFile["look"];
  readonly view: IncomingFile["view"];
  readonly inside: IncomingFile["inside"];
  #running: RunningJob | undefined;
  #file: Blob | undefined;
  #drawings: Drawings | undefined;

  constructor(
    needs: ReceivingNeeds,
    wanted: Wanted,
    { kind, name }: { readonly kind: Statement["kind"]; readonly name: string },
    keeping: Keeping,
  ) {
    this.#needs = needs;
    this.#keeping = keeping;
    this.#wanted = wanted;
    this.name = fileName(name);
    this.length = wanted.info.length;
    this.#into = b64u(wanted.info.tree);
    this.look = kind === "imaging" ? this.#look : null;
    const plain = kind !== "imaging";
    this.view = plain && mayBeShown(this.name) ? this.#view : null;
    this.inside = plain && mayBeArchive(this.name) ? this.#inside : null;
  }

  readonly start = async (): Promise<void> => {
    if (this.state.peek() === "going") return;
    if (this.state.peek() === "saved") return this.#saved();
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
    if (failed) {
      this.#failed(failed);
      return;
    }
    this.#file = file;
    await this.#saved();
  };

  readonly #look = (): Promise<ViewerModel | null> =>
    this.#begun(async () => {
      const { lookAt } = await import("../imaging/looking.ts");
      return () => {
        const model = lookAt(this.#needs, this.#wanted, this.#drawings);
        this.#drawings = model.marking.drawings;
        return model;
      };
    });

  readonly #view = (): Promise<SheetsModel | null> =>
    this.#begun(async () => {
      const { showFetched } = await import("../viewing/fetched.ts");
      return () => showFetched(this.#needs, this.name, this.#wanted);
    });

  readonly #inside = (): Promise<ArchiveModel | null> =>
    this.#begun(async () => {
      const { lookInto } = await import("../viewing/fetched.ts");
      return () => lookInto(this.#needs, this.name, this.#wanted);
    });

  /** Something of it will be fetched. Null where the code for it did not come. */
  async #begun<M>(load: () => Promise<() => M>): Promise<M | null> {
    this.problem.value = null;
    try {
      const look = await load();
      await this.#keeping.begun().catch(() => undefined);
      return look();
    } catch {
      this.problem.value = { key: "offline", loud: false };
      return null;
    }
  }

  readonly erase = async (): Promise<void> => {
    this.#file = undefined;
    await this.#needs.received.erase(this.#into);
    await this.#keeping.erased().catch(() => undefined);
    batch(() => {
      this.state.value = "idle";
      this.progress.value = { done: 0, waiting: false };
    });
  };

  readonly pause = (): void => {
    this.#running?.stop();
    this.state.value = "paused";
  };

  #failed(failure: Failure): void {
    const retry = failure.loud ? {} : { retry: () => void this.start() };
    batch(() => {
      this.state.value = failure.loud || failure.key === "internal" ? "idle" : "paused";
      // Of a blob it says what the texts say of consults.
      const key = failure.key === "not_found" ? "files_gone" : failure.key;
      this.problem.value = { key, loud: failure.loud, ...retry };
    });
  }

  #wasPaused(): boolean {
    return this.state.peek() === "paused";
  }

  /** Hands it to the browser; what another tab has erased meanwhile is fetched again. */
  async #saved(): Promise<void> {
    const { received } = this.#needs;
    try {
      if (this.#file) received.saveBlob(this.#file, this.name);
      else await received.save(this.#into, this.name);
      this.state.value = "saved";
    } catch {
      this.#failed({ key: "internal", loud: false });
    }
  }
}

/** Erases what was left here a day ago, by whatever link. */
export const eraseLeftovers = ({ received, clock }: Pick<ReceivingNeeds, "received" | "clock">) =>
  received.eraseOlder(clock.now() - KEPT);

/** The files of a link. */
export function incoming(
  needs: ReceivingNeeds,
  { key, parts }: Outside,
  statement: Statement,
  keeping: Keeping,
): readonly IncomingFile[] {
  const files: Incoming[] = [];
  for (const [at, part] of parts.entries()) {
    const info = statement.parts[at];
    const said = { kind: statement.kind, name: info?.name ?? "" };
    if (info) files.push(new Incoming(needs, { part, key, info }, said, keeping));
  }
  return files;
}
