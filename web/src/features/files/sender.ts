/** The page of whoever has a permit: files chosen, sent, and handed over as a link with words. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { type Permit, parsePermit } from "../../sealing/permit.ts";
import { linkWords, makeSealedLink } from "../../sealing/sealed-link.ts";
import { Shape } from "../../sealing/streamed.ts";
import type { Platform, Progress } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { type SheetLanguage, wordListOf } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import type { Begun, Failure, RunJob, RunningJob, Taking } from "./jobs.ts";
import { MOST_FILES } from "./limits.ts";
import type { ChosenFiles, SenderModel, SentLink } from "./model.ts";
import { begunIn, linkOf, removeSent, scopeOf } from "./sending.ts";
import { type Chosen, filesSource } from "./source.ts";

export interface SenderNeeds
  extends Pick<Platform, "http" | "clock" | "random" | "vaults" | "address"> {
  readonly runJob: RunJob;
  chosenFiles(files: FileList | null): readonly Chosen[];
  /** Must be called while a drop is handled; rejects where a folder cannot be read. */
  droppedFiles(dropped: DataTransfer): Promise<readonly Chosen[]>;
}

const hasTwice = (paths: readonly string[]): boolean => new Set(paths).size < paths.length;

class Sender implements SenderModel {
  readonly state = signal<SenderModel["state"]["value"]>("looking");
  readonly size = signal(0);
  readonly until = signal(0);
  readonly chosen = signal<ChosenFiles | null>(null);
  readonly trouble = signal<SenderModel["trouble"]["value"]>(null);
  readonly begun = signal<SenderModel["begun"]["value"]>(null);
  readonly progress = signal<Progress>({ done: 0, waiting: false });
  readonly problem = signal<Problem | null>(null);
  readonly sent = signal<SentLink | null>(null);
  readonly #needs: SenderNeeds;
  #permit: Permit | undefined;
  #begun: Begun | undefined;
  #files: readonly Chosen[] = [];
  /** As what they can be sent, the better first. */
  #offers: readonly ChosenFiles[] = [];
  #looking: RunningJob | undefined;
  #reading: Promise<void> | undefined;
  #running: RunningJob | undefined;

  constructor(needs: SenderNeeds) {
    this.#needs = needs;
    void this.#look();
  }

  /** The fragment stays in the address bar: a reload goes on with it. */
  async #look(): Promise<void> {
    const { address, clock, vaults } = this.#needs;
    try {
      const permit = parsePermit(address.fragment());
      this.#permit = permit;
      const kept = vaults.look(scopeOf(permit));
      const begun = (await begunIn(kept)) ?? null;
      const done = begun && (await kept.load("done")) !== undefined;
      const over = permit.until * 1000 <= clock.now();
      if (over) await vaults.erase(scopeOf(permit));
      batch(() => {
        this.size.value = permit.size;
        this.until.value = permit.until * 1000;
        this.#begun = begun ?? undefined;
        this.begun.value = begun;
        if (over) this.#over("permit_used");
        else if (done) this.#finished(begun);
        else this.state.value = "choosing";
      });
    } catch {
      this.#over("bad_link");
    }
  }

  readonly choose = (files: FileList | null): Promise<void> => {
    this.#reading = this.#take(this.#needs.chosenFiles(files));
    return this.#reading;
  };

  readonly drop = async (dropped: DataTransfer): Promise<void> => {
    try {
      const files = await this.#needs.droppedFiles(dropped);
      this.#reading = this.#take(files);
      await this.#reading;
    } catch {
      this.trouble.value = "unreadable";
    }
  };

  readonly take = (taking: Taking): void => {
    const [before, found] = [this.chosen.peek(), this.#offers.find((one) => one.taking === taking)];
    if (!found || before?.taking === taking) return;
    this.#offer(found);
  };

  /** Looks for images among them, in the worker: a study is offered first. */
  async #take(files: readonly Chosen[]): Promise<void> {
    if (files.length === 0) return;
    this.#looking?.stop();
    this.#files = [];
    const wrong =
      files.length > MOST_FILES ? "many" : hasTwice(files.map(({ path }) => path)) ? "twice" : null;
    batch(() => {
      this.trouble.value = wrong;
      this.problem.value = null;
      this.chosen.value = null;
      this.state.value = wrong ? "choosing" : "reading";
    });
    if (wrong) return;
    const looking = this.#needs.runJob({ kind: "look", files }, () => undefined);
    this.#looking = looking;
    // What could not be looked at can be sent as it is.
    const { looked } = await looking.done;
    if (this.#looking !== looking) return;
    this.#files = files;
    const { name, length } = filesSource(files);
    const count = files.length;
    const study = looked?.contents ?? null;
    const asFiles = { name, length, count, study, taking: "files" } as const;
    this.#offers = looked
      ? [{ name: looked.name, length: looked.length, count, study, taking: "study" }, asFiles]
      : [asFiles];
    batch(() => {
      this.state.value = "choosing";
      this.#offer(this.#offers.find((one) => this.#isBegun(one)) ?? this.#offers[0] ?? asFiles);
    });
  }

  /** Whether it may go on with this: another is refused where something was begun. */
  #isBegun({ name, length }: ChosenFiles): boolean {
    const begun = this.begun.peek();
    return begun !== null && begun.file === name && begun.length === length;
  }

  #offer(chosen: ChosenFiles): void {
    const { size } = this.#permit ?? { size: 0 };
    const large = new Shape(chosen.length).blob > size;
    const another = this.begun.peek() !== null && !this.#isBegun(chosen);
    const trouble = large ? "large" : another ? "another" : null;
    // What is too large as all files may fit as its images alone.
    const shown = trouble && this.#offers.length === 1 ? null : chosen;
    batch(() => {
      this.trouble.value = trouble;
      this.chosen.value = shown;
    });
  }

  readonly send = async (name: string, openings: number): Promise<void> => {
    const permit = this.#permit;
    await this.#reading;
    if (!permit || this.state.peek() === "sending") return;
    const chosen = this.chosen.peek();
    if (!chosen) this.trouble.value ??= "none";
    if (!chosen || this.trouble.peek()) return;
    const begun = this.begun.peek();
    const said = begun ? { name: begun.name, openings: begun.openings } : { name, openings };
    batch(() => {
      this.problem.value = null;
      this.state.value = "sending";
    });
    const { taking } = chosen;
    const job = { kind: "send", permit, files: this.#files, taking, said } as const;
    this.#running = this.#needs.runJob(job, (progress) => {
      batch(() => {
        this.progress.value = progress;
        // From now on it is this file, and what was said of it, or another permit.
        this.begun.value ??= { file: chosen.name, length: chosen.length, ...said };
      });
    });
    const { begun: done, failed } = await this.#running.done;
    if (failed) this.#failed(failed, () => void this.send(name, openings));
    else if (done) this.#finished(done);
  };

  readonly pause = (): void => {
    this.#running?.stop();
    this.state.value = "paused";
  };

  readonly words = async (language: SheetLanguage): Promise<readonly string[]> => {
    if (!this.#begun) return [];
    const { secret, code } = linkOf(this.#begun);
    return linkWords(secret, code, await wordListOf(language));
  };

  readonly takeBack = async (): Promise<void> => {
    const permit = this.#permit;
    if (!permit) return;
    this.#running?.stop();
    const { http, clock, random, vaults, address } = this.#needs;
    const api = new Api({ http, clock, random, origin: address.origin });
    this.problem.value = null;
    try {
      const begun = await begunIn(vaults.look(scopeOf(permit)));
      if (begun) await removeSent(api, begun);
      await this.forget();
    } catch (error) {
      const key = error instanceof ProtocolError ? error.code : "offline";
      this.problem.value = { key, loud: false };
    }
  };

  readonly forget = async (): Promise<void> => {
    if (this.#permit) await this.#needs.vaults.erase(scopeOf(this.#permit));
    this.#needs.address.clearFragment();
    this.state.value = "forgotten";
  };

  #finished(begun: Begun): void {
    const url = makeSealedLink(this.#needs.address.origin, linkOf(begun).secret);
    this.#begun = begun;
    batch(() => {
      this.begun.value = begun;
      this.sent.value = { url, name: begun.file, openings: begun.openings };
      this.state.value = "sent";
    });
  }

  #failed({ key, loud }: Failure, again: () => void): void {
    if (key === "bad_voucher") {
      this.#over("permit_used");
      return;
    }
    const retry = key === "file_changed" || key === "too_long" ? {} : { retry: again };
    batch(() => {
      this.state.value = "paused";
      this.problem.value = { key, loud, ...retry };
    });
  }

  #over(key: string): void {
    batch(() => {
      this.problem.value = { key, loud: true };
      this.state.value = "over";
    });
  }
}

export const createSender = (needs: SenderNeeds): SenderModel => new Sender(needs);
