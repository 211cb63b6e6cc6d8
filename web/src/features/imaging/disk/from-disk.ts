/** A study that somebody shows from a disk: chosen, paid for, sealed while it is sent, and shown. */
import { batch, signal } from "@preact/signals";
import { SealError } from "../../../sealing/errors.ts";
import type { WhyNot } from "../../../sealing/looking.ts";
import { type Permit, parsePermit } from "../../../sealing/permit.ts";
import type { Begun, Failure, RunJob, RunningJob } from "../../files/jobs.ts";
import { MOST_FILES } from "../../files/limits.ts";
import { begunIn, removeSent, scopeOf } from "../../files/sending.ts";
import type { Chosen } from "../../files/source.ts";
import type { Progress, Vaults } from "../../ports.ts";
import type { Problem } from "../../problems.ts";
import type { Api } from "../../rooms/api.ts";
import { MOST_SHOWN } from "../limits.ts";
import { NoPermit } from "./asking.ts";
import { Unpaid } from "./granting.ts";
import type { ChosenStudy, DiskModel, SentStudy } from "./model.ts";

export interface DiskNeeds {
  readonly api: Api;
  readonly runJob: RunJob;
  vaults(): Promise<Vaults>;
  chosenFiles(files: FileList | null): readonly Chosen[];
  /** Must be called while a drop is handled; rejects where a folder cannot be read. */
  droppedFiles(dropped: DataTransfer): Promise<readonly Chosen[]>;
  /** Whether somebody else has to say yes. */
  readonly asks: boolean;
  /** What pays for so many bytes, as a permit's fragment. Rejects with NoPermit or Unpaid. */
  permit(bytes: number, gone: AbortSignal): Promise<string>;
  /**
   * Shows what is there by now; `pressed`: because somebody has just said so. False: not yet, something
   * else is looked at. Rejects as `Showing.show` does.
   */
  show(handed: Uint8Array, pressed: boolean): Promise<boolean>;
}

export class FromDisk implements DiskModel {
  readonly state = signal<DiskModel["state"]["value"]>("none");
  readonly chosen = signal<ChosenStudy | null>(null);
  readonly trouble = signal<DiskModel["trouble"]["value"]>(null);
  readonly progress = signal<Progress>({ done: 0, waiting: false });
  readonly refused = signal<WhyNot | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly sent = signal<readonly SentStudy[]>([]);
  readonly #needs: DiskNeeds;
  readonly #begun: Begun[] = [];
  #files: readonly Chosen[] = [];
  #looking: RunningJob | undefined;
  #running: RunningJob | undefined;
  #permit: Permit | null = null;
  /** Asked for, and not there yet: who pauses meanwhile and goes on asks for no other. */
  #paying: Promise<Permit> | null = null;
  #gone = new AbortController();

  constructor(needs: DiskNeeds) {
    this.#needs = needs;
  }

  readonly choose = (files: FileList | null): Promise<void> =>
    this.#take(this.#needs.chosenFiles(files));

  readonly drop = async (dropped: DataTransfer): Promise<void> => {
    if (this.#isBusy()) return;
    try {
      await this.#take(await this.#needs.droppedFiles(dropped));
    } catch {
      this.trouble.value = "unreadable";
    }
  };

  readonly send = async (): Promise<void> => {
    const chosen = this.chosen.peek();
    const state = this.state.peek();
    if (!chosen || (state !== "chosen" && state !== "paused")) return;
    const gone = this.#gone;
    batch(() => {
      this.problem.value = null;
      this.refused.value = null;
      this.state.value = this.#permit || !this.#needs.asks ? "sending" : "asking";
    });
    if (this.#paying) return;
    try {
      const permit = this.#permit ?? (await this.#permitFor(chosen.length));
      if (gone.signal.aborted) return;
      this.#permit = permit;
      if (this.#isPaused()) return;
      this.state.value = "sending";
      await this.#send(permit, chosen.name);
    } catch (error) {
      if (!gone.signal.aborted) this.#refusedWith(error);
    }
  };

  readonly pause = (): void => {
    this.#running?.stop();
    this.state.value = "paused";
  };

  readonly leave = async (): Promise<void> => {
    this.#looking?.stop();
    this.#running?.stop();
    this.#gone.abort();
    this.#gone = new AbortController();
    const permit = this.#permit;
    this.#over();
    if (permit) await this.#forget(permit, true).catch(() => undefined);
  };

  readonly show = (study: SentStudy): Promise<void> => this.#show(study, true);

  readonly hush = (): void => {
    batch(() => {
      this.refused.value = null;
      this.problem.value = null;
      if (this.state.peek() === "ready") this.#over();
    });
  };

  /** Takes back what was sent: a consult is over. */
  readonly end = async (): Promise<void> => {
    await this.leave();
    const { api } = this.#needs;
    await Promise.allSettled(this.#begun.splice(0).map((begun) => removeSent(api, begun)));
  };

  #isPaused(): boolean {
    return this.state.peek() === "paused";
  }

  #isBusy(): boolean {
    return ["asking", "sending", "paused"].includes(this.state.peek());
  }

  /** Looks for images among them, in the worker. */
  async #take(files: readonly Chosen[]): Promise<void> {
    if (files.length === 0 || this.#isBusy()) return;
    this.#looking?.stop();
    const many = files.length > MOST_FILES;
    batch(() => {
      this.trouble.value = many ? "many" : null;
      this.refused.value = null;
      this.problem.value = null;
      this.chosen.value = null;
      this.state.value = many ? "none" : "reading";
    });
    if (many) return;
    const looking = this.#needs.runJob({ kind: "look", files }, () => undefined);
    this.#looking = looking;
    const { looked } = await looking.done;
    if (this.#looking !== looking) return;
    this.#files = files;
    const large = looked && looked.length > MOST_SHOWN;
    batch(() => {
      this.trouble.value = large ? "large" : looked ? null : "none";
      this.chosen.value = looked && !large ? looked : null;
      this.state.value = this.chosen.peek() ? "chosen" : "none";
    });
  }

  async #permitFor(length: number): Promise<Permit> {
    const paying = this.#needs.permit(length, this.#gone.signal).then(parsePermit);
    this.#paying = paying;
    try {
      return await paying;
    } finally {
      // Another may have been asked for since, after this one was given up.
      if (this.#paying === paying) this.#paying = null;
    }
  }

  async #send(permit: Permit, name: string): Promise<void> {
    const { runJob } = this.#needs;
    const job = { kind: "show", permit, files: this.#files } as const;
    const running = runJob(job, (progress) => {
      this.progress.value = progress;
    });
    this.#running = running;
    const { begun, handed, failed } = await running.done;
    if (this.#running !== running || this.#permit !== permit) return;
    if (failed || !begun || !handed) {
      this.#stopped(failed ?? { key: "internal", loud: false });
      return;
    }
    this.#begun.push(begun);
    void this.#forget(permit, false).catch(() => undefined);
    const study = { name, handed };
    batch(() => {
      this.sent.value = [...this.sent.peek(), study];
      this.#over();
    });
    await this.#show(study, false);
  }

  async #show({ handed }: SentStudy, pressed: boolean): Promise<void> {
    this.problem.value = null;
    try {
      const shown = await this.#needs.show(handed, pressed);
      if (this.#isBusy()) return;
      this.state.value = shown ? "none" : "ready";
    } catch {
      if (!this.#isBusy()) this.#failed("ready", { key: "offline", loud: false });
    }
  }

  #refusedWith(error: unknown): void {
    batch(() => {
      this.state.value = "chosen";
      if (error instanceof NoPermit) this.refused.value = error.why;
      else if (error instanceof Unpaid) this.problem.value = { key: error.key, loud: false };
      else if (error instanceof SealError) this.problem.value = { key: error.code, loud: true };
      else throw error;
    });
  }

  /** A permit is for one sending: what is no longer there, or not what it was, takes another. */
  #stopped(failure: Failure): void {
    const lost = failure.key === "bad_voucher" || failure.key === "file_changed";
    if (lost) {
      this.#over();
      this.problem.value = failure;
    } else this.#failed("paused", { ...failure, retry: () => void this.send() });
  }

  #failed(state: "paused" | "ready", problem: Problem): void {
    batch(() => {
      this.state.value = state;
      this.problem.value = problem;
    });
  }

  #over(): void {
    this.#permit = null;
    this.#paying = null;
    this.#files = [];
    batch(() => {
      this.state.value = "none";
      this.chosen.value = null;
      this.trouble.value = null;
      this.progress.value = { done: 0, waiting: false };
    });
  }

  /** Erases what the worker keeps of a sending; `all`: what is at the server of it, too. */
  async #forget(permit: Permit, all: boolean): Promise<void> {
    const vaults = await this.#needs.vaults();
    const begun = all ? await begunIn(vaults.look(scopeOf(permit))) : undefined;
    if (begun) await removeSent(this.#needs.api, begun).catch(() => undefined);
    await vaults.erase(scopeOf(permit));
  }
}
