/** The page on which a person finds what they keep. */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { ageIdentity, sealFile } from "../../sealing/agefile.ts";
import { utf8 } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { Proof } from "../../sealing/kept.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { DocumentLine } from "../consult/call.ts";
import { timeOf } from "../consult/conversation.ts";
import { eraseLeftovers, type ReceivingNeeds } from "../files/receiving.ts";
import { Helping, type HelpingModel, isAsked } from "../helping/helping.ts";
import type { Platform } from "../ports.ts";
import type { Problem } from "../problems.ts";
import { type Packed, type Words, writeArchive } from "./archive.ts";
import { type Chosen, Unfit, unpacked } from "./bringing.ts";
import type { KeptDevice } from "./devices.ts";
import { KeptHelped } from "./helped.ts";
import { Home } from "./home.ts";
import { lineTo, type Persona } from "./persona.ts";
import { type KeptFiles, ReceivedFiles } from "./received-files.ts";
import type { Found } from "./records.ts";
import { sameDocument } from "./stored.ts";
import { isAdding, isBack, PAGE, Ways } from "./ways.ts";

export interface KeptLine {
  readonly id: string;
  readonly at: string;
  readonly kind: "prescription" | "report" | "file";
  /** Came since this device last looked. */
  readonly isNew: boolean;
  /** As its reader is shown it, once it was asked for. */
  readonly line: ReadonlySignal<DocumentLine | null>;
  open(): Promise<void>;
}

export interface Practice {
  readonly id: string;
  /** As the practice said. */
  readonly name: string;
  /** Whose documents these are; "" for one's own. */
  readonly holder: string;
  readonly lines: ReadonlySignal<readonly KeptLine[]>;
  readonly files: ReadonlySignal<readonly KeptFiles[]>;
  readonly problem: ReadonlySignal<Problem | null>;
}

/** A file to be given to the person. */
export interface Export {
  readonly bytes: Uint8Array;
  /** `AGE-SECRET-KEY-PQ-1…`, without which it does not open; null for one in clear. */
  readonly opens: string | null;
}

export interface DocumentsModel {
  readonly state: ReadonlySignal<"loading" | "none" | "ready" | "erased">;
  /** What is under way with other devices, and ways back. */
  readonly ways: Pick<Ways, "adding" | "changing" | "asking" | "recovering">;
  /** Whom the person helps to come back, also where nothing else is kept. */
  readonly helping: ReadonlySignal<HelpingModel | null>;
  /** Shows a QR to another device, in the place of one before. */
  addDevice(): Promise<void>;
  stopAdding(): void;
  changeWays(): Promise<void>;
  leaveWays(): void;
  recover(): Promise<void>;
  /** The devices that say that they keep the same. */
  readonly devices: ReadonlySignal<readonly KeptDevice[]>;
  renameDevice(id: string, label: string): Promise<void>;
  /** Goes on alone: nothing that another device, or a way back, knows opens what comes from then on. */
  takeOthersOut(): Promise<void>;
  /** Just now it went on alone. */
  readonly alone: ReadonlySignal<boolean>;
  /** The server has nothing of it any more, or the person goes on without this device. */
  readonly gone: ReadonlySignal<boolean>;
  /** Erases what is left of that here, and asks the server for nothing. */
  forget(): Promise<void>;
  readonly practices: ReadonlySignal<readonly Practice[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Something long is under way. */
  readonly busy: ReadonlySignal<boolean>;
  /** Null where it did not come about: `problem` says why. */
  exportAll(words: Words, sealed: boolean): Promise<Export | null>;
  /**
   * Takes what an export holds, of this server or another; gives how many documents came, 0 where
   * `bringing` says why. `code`: what opens one that is protected.
   */
  bring(file: Chosen, practice: string, code?: string): Promise<number>;
  /** What became of the last one: `code_wanted`, `code_mistyped` and `code_other` ask for its code. */
  readonly bringing: ReadonlySignal<Problem | null>;
  /** Erases all of it, at the server and here; gives what says so. */
  erase(): Promise<string | null>;
}

const LOOKED = "looked";
/** Where it rests in this browser whom the person helps. */
const HELPED = "home:helped";

/** What fetches files, besides. */
export type DocumentsPlatform = Platform & ReceivingNeeds;

class Documents implements DocumentsModel {
  readonly state = signal<DocumentsModel["state"]["value"]>("loading");
  readonly problem = signal<Problem | null>(null);
  readonly bringing = signal<Problem | null>(null);
  readonly alone = signal(false);
  readonly gone = signal(false);
  readonly busy = signal(false);
  readonly practices: DocumentsModel["practices"];
  readonly devices: DocumentsModel["devices"];
  readonly ways: Ways;
  readonly helping: Signal<Helping | null> = signal(null);
  readonly #platform: DocumentsPlatform;
  readonly #home = signal<Home | null>(null);
  readonly #problems = new Map<Persona, Signal<Problem | null>>();
  readonly #begun = new WeakSet<Persona>();
  readonly #shown = new Map<string, Signal<DocumentLine | null>>();
  readonly #files = new Map<string, ReceivedFiles>();
  #looked: ReadonlySet<string> = new Set();
  #stop = (): void => undefined;
  #moving = false;

  constructor(platform: DocumentsPlatform) {
    this.#platform = platform;
    void eraseLeftovers(platform);
    this.ways = new Ways(platform, () => void this.#start());
    this.practices = computed(
      () => this.#home.value?.personas.value.map((persona) => this.#practice(persona)) ?? [],
    );
    this.devices = computed(() => this.#home.value?.devices.list.value ?? []);
    platform.surroundings.woke(() => void this.#follow());
    void this.#start().then(() => this.#arrive());
  }

  readonly addDevice = async (): Promise<void> => {
    const home = this.#home.peek();
    if (home) await this.#working(() => this.ways.add(home));
  };

  readonly stopAdding = (): void => this.ways.stopAdding();

  readonly changeWays = async (): Promise<void> => {
    const home = this.#home.peek();
    if (home) await this.#working(() => this.ways.change(home));
  };

  readonly leaveWays = (): void => this.ways.leave();

  readonly recover = async (): Promise<void> => {
    await this.#working(() => this.ways.recover());
  };

  readonly renameDevice: DocumentsModel["renameDevice"] = async (id, label) => {
    await this.#working(async () => this.#home.peek()?.devices.rename(id, label.trim()));
  };

  readonly takeOthersOut = async (): Promise<void> => {
    await this.#working(async () => {
      const home = this.#home.peek();
      if (!home) return;
      await this.#move(home);
      this.alone.value = true;
    });
  };

  readonly forget = async (): Promise<void> => {
    await this.#working(async () => {
      this.#home.peek()?.close();
      await Home.forget(this.#platform);
      batch(() => {
        this.#home.value = null;
        this.gone.value = false;
        this.state.value = "none";
      });
    });
  };

  async #move(home: Home): Promise<void> {
    this.#moving = true;
    try {
      await home.move((ring) => this.ways.end(ring));
    } finally {
      this.#moving = false;
    }
    await this.#start();
  }

  /** What a QR has brought is for a device that has nothing yet. */
  async #arrive(): Promise<void> {
    const { address } = this.#platform;
    if (this.gone.peek() && isAdding(address)) await this.forget();
    if (this.state.peek() === "none") await this.#working(() => this.ways.arrive());
    else if (isBack(address)) {
      address.clearFragment();
      this.problem.value = { key: "back_elsewhere", loud: false };
    }
    await this.#help().catch((error: unknown) => {
      this.problem.value = problemOf(error);
    });
  }

  /** Those whom the person helps, and whoever asks for it. */
  async #help(): Promise<void> {
    const { random, clock, address, vaults } = this.#platform;
    const vault = await vaults.open(HELPED);
    const store = new KeptHelped(vault, this.#home);
    await store.load();
    const helping = new Helping({
      ...lineTo(this.#platform),
      circle: "trusted",
      random,
      clock,
      address,
      page: address.origin + PAGE,
      store,
      vault,
      pay: async () => {
        const home = this.#home.peek();
        if (!home) throw new ProtocolError("quota_exceeded", "nothing pays");
        return await home.pocket().give();
      },
    });
    this.helping.value = helping;
    void store.share().catch(() => undefined);
    if (vaults.lasting || !isAsked(address)) return await helping.arrive();
    // Whoever asks would have a way back that nobody has.
    address.clearFragment();
    this.problem.value = { key: "help_nowhere", loud: false };
  }

  readonly exportAll = (words: Words, sealed: boolean): Promise<Export | null> =>
    this.#working(async () => {
      const documents: Packed[] = [];
      for (const persona of this.#home.peek()?.personas.peek() ?? []) {
        for await (const { stored, ...kept } of persona.all()) {
          documents.push({ ...kept, document: stored.document, at: stored.at });
        }
      }
      const bytes = writeArchive(documents, words);
      if (!sealed) return { bytes, opens: null };
      const seed = this.#platform.random(32);
      return { bytes: await sealFile(bytes, kemPublic(seed)), opens: ageIdentity(seed) };
    });

  readonly bring: DocumentsModel["bring"] = async (file, practice, code = "") => {
    const brought = await this.#working(async () => {
      const personas = this.#home.peek()?.personas.peek() ?? [];
      const persona = personas.find((one) => idOf(one) === practice);
      if (!persona) return 0;
      const documents = await unpacked(file, code);
      const known: Proof[] = [];
      for await (const one of persona.all()) known.push(one.proof);
      const fresh = documents.filter(({ proof }) => !known.some((one) => sameDocument(one, proof)));
      for (const { document, at, authorship, ...kept } of fresh) {
        const { kind, author } = authorship.statement;
        await persona.store(document, at, { kind, name: author.name.slice(0, 120) }, kept);
      }
      return fresh.length;
    }, this.bringing);
    return brought ?? 0;
  };

  readonly erase = (): Promise<string | null> =>
    this.#working(async () => {
      const home = this.#home.peek();
      if (!home) return null;
      const { address, clock } = this.#platform;
      const lines: string[] = [];
      await home.erase((what, id) => {
        lines.push(`${timeOf(clock.now())} ${what} ${id}`);
      });
      this.helping.peek()?.close();
      await this.#platform.vaults.erase(HELPED);
      batch(() => {
        this.#home.value = null;
        this.helping.value = null;
        this.state.value = "erased";
      });
      return [address.origin, ...lines, ""].join("\n");
    });

  async #working<T>(act: () => Promise<T>, problem = this.problem): Promise<T | null> {
    if (this.busy.peek()) return null;
    this.busy.value = true;
    problem.value = null;
    try {
      return await act();
    } catch (error) {
      problem.value = problemOf(error);
      return null;
    } finally {
      this.busy.value = false;
    }
  }

  async #start(): Promise<void> {
    try {
      const home = await Home.found(this.#platform);
      if (!home) {
        this.state.value = "none";
        return;
      }
      const bytes = await this.#platform.vaults.look("home").load(LOOKED);
      if (bytes) this.#looked = new Set(fromBytes<{ ids: string[] }>(bytes).ids);
      this.#home.value = home;
      await this.#follow();
    } catch (error) {
      this.problem.value = problemOf(error);
    }
  }

  /** Asks for what is newest; what this device knew shows meanwhile. */
  async #follow(): Promise<void> {
    const home = this.#home.peek();
    if (!home || this.#moving) return;
    const retry = (): void => void this.#follow();
    try {
      await home.start();
      await home.resume();
      if (await home.isMoving()) return await this.#move(home);
      this.problem.value = null;
      // Where nothing pays for it the list is without this device.
      await home.devices.introduce().catch(() => undefined);
    } catch (error) {
      // With nothing known it was not made yet.
      const gone = isGone(error) && home.vault.records.peek().length > 0;
      this.gone.value = gone;
      this.problem.value = { ...problemOf(error), ...(gone ? {} : { retry }) };
    }
    this.state.value = "ready";
    this.#stop();
    // One that another device makes meanwhile begins too.
    this.#stop = effect(() => {
      for (const persona of home.personas.value) {
        if (this.#begun.has(persona)) continue;
        this.#begun.add(persona);
        void this.#begin(persona).then(() => this.#look(home));
      }
    });
  }

  async #begin(persona: Persona): Promise<void> {
    const problem = this.#problemOf(persona);
    try {
      await persona.start();
      problem.value = null;
    } catch (error) {
      problem.value = { ...problemOf(error), retry: () => void this.#begin(persona) };
    }
  }

  /** What is shown now is not new the next time. */
  async #look(home: Home): Promise<void> {
    const ids = home.personas
      .peek()
      .flatMap(({ documents, files }) => [...documents.peek(), ...files.peek()])
      .map(({ id }) => id);
    await home.remember(LOOKED, toBytes({ ids })).catch(() => undefined);
  }

  #problemOf(persona: Persona): Signal<Problem | null> {
    const found = this.#problems.get(persona) ?? signal<Problem | null>(null);
    this.#problems.set(persona, found);
    return found;
  }

  #practice(persona: Persona): Practice {
    const { name, holder } = persona.about;
    const refused = computed((): Problem | null => {
      const code = persona.refused.value;
      return this.#problemOf(persona).value ?? (code ? { key: code, loud: true } : null);
    });
    return {
      id: idOf(persona),
      name,
      holder,
      problem: refused,
      lines: computed(() => persona.documents.value.map((found) => this.#line(persona, found))),
      files: computed(() => persona.files.value.map((found) => this.#filesOf(persona, found))),
    };
  }

  #line(persona: Persona, found: Found<"document">): KeptLine {
    const { id, data } = found;
    const line: Signal<DocumentLine | null> = this.#shown.get(id) ?? signal(null);
    this.#shown.set(id, line);
    const kind = kindOf(data.kind);
    const isNew = !this.#looked.has(id);
    return { id, at: data.at, kind, isNew, line, open: () => this.#open(persona, found, line) };
  }

  /** One for each, whatever else changes: what was opened stays open. */
  #filesOf(persona: Persona, found: Found<"files">): KeptFiles {
    const { id } = found;
    const known = this.#files.get(id);
    const files = known ?? new ReceivedFiles(this.#platform, persona, found, !this.#looked.has(id));
    this.#files.set(id, files);
    return files;
  }

  async #open(
    persona: Persona,
    { id, data }: Found<"document">,
    line: Signal<DocumentLine | null>,
  ): Promise<void> {
    if (line.peek()?.state === "verified") return;
    const kind = kindOf(data.kind);
    const document = signal<Awaited<ReturnType<Persona["open"]>> | null>(null);
    const common = { id, at: data.at, mine: false, kind, document } as const;
    line.value = { ...common, state: "received", problem: null };
    try {
      document.value = await persona.open(data);
      line.value = { ...common, state: "verified", problem: null };
    } catch (error) {
      const problem = problemOf(error);
      line.value = { ...common, state: problem.loud ? "refused" : "received", problem };
    }
  }
}

const idOf = ({ about }: Persona): string => `${about.practice.join()} ${about.holder}`;

/** As a vault names it; whatever else there may be is a file to the list. */
const kindOf = (kind: string): KeptLine["kind"] =>
  kind === "prescription" || kind === "report" ? kind : "file";

const isGone = (error: unknown): boolean =>
  error instanceof ProtocolError && error.code === "not_found";

function problemOf(error: unknown): Problem {
  if (error instanceof Unfit) return { key: error.key, loud: false };
  if (error instanceof SealError) return { key: error.code, loud: true };
  if (error instanceof Error && error.name === "TakenOver")
    return { key: "other_tab", loud: false };
  if (!(error instanceof ProtocolError)) return { key: "offline", loud: false };
  const { code } = error;
  // What was there is gone, or nobody pays for it.
  const own = code === "not_found" ? "kept_gone" : code === "quota_exceeded" ? "kept_full" : code;
  return { key: own, loud: code === "not_found" };
}

export const createDocuments = (platform: DocumentsPlatform): DocumentsModel =>
  new Documents(platform);

/** What a text is saved as. */
export const textBytes = (text: string): Uint8Array => utf8(text);
