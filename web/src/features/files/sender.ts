/** The page of whoever has a permit: files chosen, sent, and handed over as a link with words. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { type Permit, parsePermit } from "../../sealing/permit.ts";
import { linkWords, makeSealedLink } from "../../sealing/sealed-link.ts";
import type { Platform, Progress } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { type SheetLanguage, wordListOf } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import { Choosing, type FilesPlatform } from "./choosing.ts";
import type { Begun, Failure, RunningJob } from "./jobs.ts";
import type { SenderModel, SentLink } from "./model.ts";
import { begunIn, linkOf, removeSent, scopeOf } from "./sending.ts";

export interface SenderNeeds
  extends FilesPlatform,
    Pick<Platform, "http" | "clock" | "random" | "vaults" | "address"> {}

class Sender implements SenderModel {
  readonly state = signal<SenderModel["state"]["value"]>("looking");
  readonly size = signal(0);
  readonly until = signal(0);
  readonly choosing: Choosing;
  readonly begun = signal<SenderModel["begun"]["value"]>(null);
  readonly progress = signal<Progress>({ done: 0, waiting: false });
  readonly problem = signal<Problem | null>(null);
  readonly sent = signal<SentLink | null>(null);
  readonly #needs: SenderNeeds;
  #permit: Permit | undefined;
  #begun: Begun | undefined;
  #running: RunningJob | undefined;

  constructor(needs: SenderNeeds) {
    this.#needs = needs;
    this.choosing = new Choosing(needs, {
      most: () => this.size.peek(),
      begun: () => this.begun.peek(),
      changed: () => {
        this.problem.value = null;
        this.state.value = "choosing";
      },
    });
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

  readonly send = async (name: string, openings: number): Promise<void> => {
    const permit = this.#permit;
    const found = await this.choosing.toSend();
    if (!permit || !found || this.state.peek() === "sending") return;
    const { chosen, files } = found;
    const begun = this.begun.peek();
    const said = begun ? { name: begun.name, openings: begun.openings } : { name, openings };
    batch(() => {
      this.problem.value = null;
      this.state.value = "sending";
    });
    const { taking } = chosen;
    const job = { kind: "send", permit, files, taking, said } as const;
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
