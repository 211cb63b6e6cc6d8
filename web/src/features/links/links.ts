/** The sealed links of a practice, as its desk shows them: made, counted, taken back. */
import { signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u } from "../../sealing/encoding.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { linkWords, makeSealedLink, placeOfLink } from "../../sealing/sealed-link.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { type SheetLanguage, wordListOf } from "../recovery/words.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob } from "../rooms/blobs.ts";
import { MOST_LINKS } from "./limits.ts";
import type { Sender } from "./making.ts";
import type { LinkLine, LinksModel } from "./model.ts";
import { Outgoing, type OutgoingNeeds } from "./outgoing.ts";
import { linkProblem } from "./problem.ts";
import type { LinkRecord, LinkStore } from "./store.ts";
import { countOf, unlessGone } from "./wire.ts";

/** How long one that is over stays in the list: milliseconds. */
const STAYS = 7 * 24 * 3600_000;

export interface LinksNeeds extends Omit<OutgoingNeeds, "made" | "sender" | "platform"> {
  readonly platform: Pick<Platform, "address"> & OutgoingNeeds["platform"];
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
  readonly outgoing: Outgoing;
  readonly #needs: LinksNeeds;
  readonly #counts = new Map<string, Counted>();

  constructor(needs: LinksNeeds) {
    this.#needs = needs;
    this.outgoing = new Outgoing({ ...needs, made: (record) => this.#made(record) });
  }

  readonly load = async (): Promise<void> => {
    this.problem.value = null;
    await this.outgoing.load();
    await this.show();
    await Promise.all((await this.#kept()).map((record) => this.#count(record)));
    await this.show();
  };

  readonly hand: LinksModel["hand"] = async (document, ends) => {
    const { platform, api, sender } = this.#needs;
    if ((await this.#kept()).length >= MOST_LINKS) return "many";
    this.problem.value = null;
    try {
      const { handDocument } = await import("./making.ts");
      const record = await handDocument({ api, ...platform }, await sender(), document, ends);
      await this.#made(record);
      return this.#line(record);
    } catch (error) {
      this.problem.value = linkProblem(error, "send_failed");
      return null;
    }
  };

  readonly words = async (id: string, language: SheetLanguage): Promise<readonly string[]> => {
    const record = (await this.#kept()).find((one) => idOf(one) === id);
    return record ? linkWords(record.secret, record.code, await wordListOf(language)) : [];
  };

  readonly withdraw = async (id: string): Promise<void> => {
    const all = await this.#kept();
    const record = all.find((one) => idOf(one) === id);
    if (!record) return;
    await this.#trying(async () => {
      await this.#takeBack(record);
      // Who opened theirs may be fetching it still, and others may be about to get one; the last one
      // takes it along.
      const others = all.filter((one) => uploadOf(one) === uploadOf(record));
      const over = others.every((one) => OVER.includes(this.#counts.get(idOf(one))?.state ?? ""));
      if (over && !this.outgoing.holds(uploadOf(record))) await this.#remove(record);
    });
  };

  readonly withdrawAll = async (upload: string): Promise<void> => {
    const all = (await this.#kept()).filter((one) => uploadOf(one) === upload);
    await this.#trying(async () => {
      // No link is to be made any more to what is gone.
      if (this.outgoing.holds(upload)) await this.outgoing.giveUp();
      const [first] = all;
      if (first) await this.#remove(first);
      for (const record of all) await this.#takeBack(record);
    });
  };

  readonly forget = async (id: string): Promise<void> => {
    const { store, changed } = this.#needs;
    const record = (await this.#kept()).find((one) => idOf(one) === id);
    if (!record) return;
    await store.erase(record);
    changed();
    await this.show();
  };

  async #trying(act: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    try {
      await act();
    } catch (error) {
      this.problem.value = linkProblem(error, "offline");
    }
    await this.show();
  }

  async #takeBack(record: LinkRecord): Promise<void> {
    const { api } = this.#needs;
    await deleteBlob(api, seedSigner(record.owner), idOf(record)).catch(unlessGone);
    await this.#count(record);
  }

  /** The files themselves. */
  async #remove({ blob, blobOwner }: LinkRecord): Promise<void> {
    if (!blob || !blobOwner) return;
    await deleteBlob(this.#needs.api, seedSigner(blobOwner), b64u(blob)).catch(unlessGone);
  }

  async #made(record: LinkRecord): Promise<void> {
    const { store, changed } = this.#needs;
    await store.save(record);
    changed();
    this.#counts.set(idOf(record), { state: "open", used: 0 });
    await this.show();
  }

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
      else this.problem.value = linkProblem(error, "offline");
    }
  }

  #line(record: LinkRecord): LinkLine {
    const { clock, address } = this.#needs.platform;
    const { name, size, to, created, expires, openings, secret } = record;
    const counted = this.#counts.get(idOf(record)) ?? { state: "open", used: null };
    const state = counted.state === "open" && expires <= clock.now() ? "expired" : counted.state;
    const url = makeSealedLink(address.origin, secret);
    const about = { name, size, to, created, expires, openings };
    const upload = uploadOf(record);
    const mailed = record.mailed ?? null;
    return { id: idOf(record), ...about, upload, mailed, url, used: counted.used, state };
  }
}

const idOf = ({ secret }: LinkRecord): string => b64u(placeOfLink(secret));

/** What is in the link itself is nobody else's. */
const uploadOf = (record: LinkRecord): string => (record.blob ? b64u(record.blob) : idOf(record));

/** Nobody opens it any more. */
const OVER: readonly string[] = ["withdrawn", "expired"];

function stateOf(error: unknown): "withdrawn" | "expired" | undefined {
  if (!(error instanceof ProtocolError)) return undefined;
  if (error.code === "withdrawn") return "withdrawn";
  return error.code === "expired" || error.code === "not_found" ? "expired" : undefined;
}
