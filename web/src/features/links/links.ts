/** The sealed links of a practice, as its desk shows them: made, counted, taken back. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { linkWords, makeSealedLink, placeOfLink } from "../../sealing/sealed-link.ts";
import { CannotSignTwice } from "../desk/device.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { type SheetLanguage, wordListOf } from "../recovery/words.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob } from "../rooms/blobs.ts";
import { type LinkDocument, type LinkFile, MOST_LINKS } from "./file.ts";
import type { Ends, Sender } from "./making.ts";
import type { LinkLine, LinksModel } from "./model.ts";
import type { Allowed } from "./permits.ts";
import type { LinkRecord, LinkStore } from "./store.ts";
import { countOf } from "./wire.ts";

/** How long one that is over stays in the list: milliseconds. */
const STAYS = 7 * 24 * 3600_000;

export interface LinksNeeds {
  readonly platform: Pick<Platform, "clock" | "random" | "address">;
  readonly api: Api;
  readonly store: LinkStore;
  /** Who signs, with the papers of now. Rejects as `fetchRecord` does. */
  sender(): Promise<Sender>;
  /** Something was changed that the practice's other devices want to know. */
  changed(): void;
}

type Counted = Pick<LinkLine, "state" | "used">;

export class Links implements LinksModel {
  readonly list = signal<readonly LinkLine[]>([]);
  readonly problem = signal<Problem | null>(null);
  readonly #needs: LinksNeeds;
  readonly #counts = new Map<string, Counted>();

  constructor(needs: LinksNeeds) {
    this.#needs = needs;
  }

  readonly load = async (): Promise<void> => {
    this.problem.value = null;
    await this.show();
    await Promise.all((await this.#kept()).map((record) => this.#count(record)));
    await this.show();
  };

  readonly make = (file: LinkFile, ends: Ends): Promise<LinkLine | null> =>
    this.#make(ends, ({ author }) => {
      return { kind: "file", name: file.name, author, subject: null, parts: [file] };
    });

  readonly hand: LinksModel["hand"] = async (document, ends) => {
    if ((await this.#kept()).length >= MOST_LINKS) return "many";
    return await this.#make(ends, () => document);
  };

  async #make(ends: Ends, document: (by: Sender) => LinkDocument): Promise<LinkLine | null> {
    const { platform, api, store, sender, changed } = this.#needs;
    this.problem.value = null;
    try {
      const { makeLink } = await import("./making.ts");
      const by = await sender();
      const record = await makeLink({ api, ...platform }, by, document(by), ends);
      await store.save(record);
      changed();
      this.#counts.set(idOf(record), { state: "open", used: 0 });
      await this.show();
      return this.#line(record);
    } catch (error) {
      this.#failed(error, "send_failed");
      return null;
    }
  }

  readonly permit = async (allowed: Allowed): Promise<string | null> => {
    const { platform, api, sender } = this.#needs;
    this.problem.value = null;
    try {
      const { permitFor } = await import("./permits.ts");
      return await permitFor({ api, ...platform }, await sender(), allowed);
    } catch (error) {
      this.#failed(error, "offline");
      return null;
    }
  };

  readonly words = async (id: string, language: SheetLanguage): Promise<readonly string[]> => {
    const record = (await this.#kept()).find((one) => idOf(one) === id);
    return record ? linkWords(record.secret, record.code, await wordListOf(language)) : [];
  };

  readonly withdraw = async (id: string): Promise<void> => {
    const record = (await this.#kept()).find((one) => idOf(one) === id);
    if (!record) return;
    this.problem.value = null;
    try {
      const blob = b64u(placeOfLink(record.secret));
      await deleteBlob(this.#needs.api, seedSigner(record.owner), blob).catch(unlessGone);
      await this.#count(record);
    } catch (error) {
      this.#failed(error, "offline");
    }
    await this.show();
  };

  readonly forget = async (id: string): Promise<void> => {
    const { store, changed } = this.#needs;
    const record = (await this.#kept()).find((one) => idOf(one) === id);
    if (!record) return;
    await store.erase(record);
    changed();
    await this.show();
  };

  /** Shows what this device keeps; another device may have changed it. */
  async show(): Promise<void> {
    const records = await this.#kept();
    this.list.value = records.map((record) => this.#line(record));
  }

  /** What was over a week ago is erased. */
  async #kept(): Promise<readonly LinkRecord[]> {
    const { store, platform } = this.#needs;
    const now = platform.clock.now();
    const all = await store.all();
    for (const old of all.filter(({ expires }) => expires + STAYS <= now)) await store.erase(old);
    return all.filter(({ expires }) => expires + STAYS > now);
  }

  async #count(record: LinkRecord): Promise<void> {
    const { api } = this.#needs;
    try {
      const { most, used } = await countOf(api, record.secret, seedSigner(record.owner));
      this.#counts.set(idOf(record), { state: used >= most ? "used-up" : "open", used });
    } catch (error) {
      const state = stateOf(error);
      if (state) this.#counts.set(idOf(record), { state, used: null });
      else this.#failed(error, "offline");
    }
  }

  #line(record: LinkRecord): LinkLine {
    const { clock, address } = this.#needs.platform;
    const { name, created, expires, openings, secret } = record;
    const counted = this.#counts.get(idOf(record)) ?? { state: "open", used: null };
    const state = counted.state === "open" && expires <= clock.now() ? "expired" : counted.state;
    const url = makeSealedLink(address.origin, secret);
    return { id: idOf(record), name, created, expires, openings, url, used: counted.used, state };
  }

  #failed(error: unknown, unanswered: "offline" | "send_failed"): void {
    const coded = error instanceof ProtocolError || error instanceof SealError;
    const key = coded ? error.code : unanswered;
    const ours = error instanceof CannotSignTwice;
    batch(() => {
      this.problem.value = ours
        ? { key: "cannot_sign_twice", loud: true }
        : { key, loud: error instanceof SealError };
    });
  }
}

const idOf = ({ secret }: LinkRecord): string => b64u(placeOfLink(secret));

/** What is no longer there was taken back, by another device, or is over. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ProtocolError && error.code === "not_found")) throw error;
}

function stateOf(error: unknown): "withdrawn" | "expired" | undefined {
  if (!(error instanceof ProtocolError)) return undefined;
  if (error.code === "withdrawn") return "withdrawn";
  return error.code === "expired" || error.code === "not_found" ? "expired" : undefined;
}
