/** The page of whoever has a permit: files chosen, sent, and handed over as a link with words. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { type Permit, parsePermit } from "../../sealing/permit.ts";
import { linkWords, makeSealedLink } from "../../sealing/sealed-link.ts";
import { inert } from "../inert.ts";
import { lookBehind, whyNot } from "../permits/behind.ts";
import type { Platform, Progress } from "../ports.ts";
import type { Standing } from "../practitioners/standing.ts";
import type { Problem } from "../problems.ts";
import { type SheetLanguage, wordListOf } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import { Choosing, type FilesPlatform } from "./choosing.ts";
import { linkOf } from "./drawn.ts";
import type { Begun, Failure, Reader, RunningJob } from "./jobs.ts";
import { PRACTICE_OPENINGS } from "./limits.ts";
import type { SenderModel, Sent } from "./model.ts";
import { begunIn, removeSent, scopeOf } from "./sending.ts";

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
  readonly sent = signal<Sent | null>(null);
  readonly links = signal(1);
  readonly practice = signal<Standing | null>(null);
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
    this.problem.value = null;
    try {
      const permit = parsePermit(address.fragment());
      this.#permit = permit;
      const kept = vaults.look(scopeOf(permit));
      const begun = (await begunIn(kept)) ?? null;
      const done = begun && (await kept.load("done")) !== undefined;
      const over = permit.until * 1000 <= clock.now();
      if (over) await vaults.erase(scopeOf(permit));
      if (!over && !done && !(await this.#behind(permit))) return;
      batch(() => {
        this.size.value = permit.size;
        this.links.value = permit.links - (permit.practice ? 1 : 0);
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

  /** Whose permit it is; false, and said, where nothing may be sent with it. */
  async #behind(permit: Permit): Promise<boolean> {
    if (!permit.practice) return true;
    const { http, clock, random, address } = this.#needs;
    const api = new Api({ http, clock, random, origin: address.origin });
    try {
      this.practice.value = await lookBehind({ api, clock }, permit);
      return true;
    } catch (error) {
      const { key, over } = whyNot(error);
      const retry = () => void this.#look();
      if (over) this.#over(key);
      else this.problem.value = { key, loud: false, retry };
      return false;
    }
  }

  readonly send = async (name: string, readers: readonly Reader[]): Promise<void> => {
    const permit = this.#permit;
    const found = await this.choosing.toSend();
    if (!permit || !found || this.state.peek() === "sending") return;
    const { chosen, files } = found;
    const begun = this.begun.peek();
    const said = begun
      ? { name: begun.name, readers: begun.readers }
      : { name, readers: [...this.#practices(), ...readers] };
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
    if (failed) this.#failed(failed, () => void this.send(name, readers));
    else if (done) this.#finished(done);
  };

  /** The link that the practice gets by letter. */
  #practices(): readonly Reader[] {
    const card = this.practice.peek()?.record?.card;
    return card ? [{ to: inert(card.name), openings: PRACTICE_OPENINGS }] : [];
  }

  readonly pause = (): void => {
    this.#running?.stop();
    this.state.value = "paused";
  };

  readonly words = async (at: number, language: SheetLanguage): Promise<readonly string[]> => {
    if (!this.#begun) return [];
    const { secret, code } = linkOf(this.#begun, at + 1 + this.#told);
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

  /** How many of the links went by letter. */
  get #told(): number {
    return this.#permit?.practice ? 1 : 0;
  }

  #finished(begun: Begun): void {
    const { origin } = this.#needs.address;
    const links = begun.readers.map((reader, at) => {
      const url = makeSealedLink(origin, linkOf(begun, at + 1).secret);
      return { ...reader, url, name: begun.file };
    });
    const practice = this.#told ? begun.readers[0]?.to || "—" : "";
    this.#begun = begun;
    batch(() => {
      this.begun.value = begun;
      this.sent.value = { links: links.slice(this.#told), practice };
      this.state.value = "sent";
    });
  }

  #failed({ key: code, loud }: Failure, again: () => void): void {
    if (code === "bad_voucher") {
      this.#over("permit_used");
      return;
    }
    // Vouchers have paid for the rest: it is the practice's mailbox that holds no more.
    const key = code === "quota_exceeded" ? "practice_full" : code;
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
