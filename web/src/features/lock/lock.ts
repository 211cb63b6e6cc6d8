/** The lock of a practitioner's screen: what is kept rests under it, and it covers a page left alone. */
import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { same } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import {
  FLOOR,
  openLock,
  readLock,
  type Stretching,
  sealLock,
  type Way,
} from "../../sealing/lock.ts";
import type { Clock, Passkeys, Surroundings, Vaults } from "../ports.ts";
import { CONFIRM_MS, IDLE_MS, pauseAfter, type Weakness, weaknessOf } from "./limits.ts";
import { Safe, type SafeNeeds } from "./safe.ts";

const USE = "lock";

/**
 * `none`: nothing is locked. `locked`: nothing can be read before it is opened. `covered`: opened
 * before, and left alone since; the page runs on underneath.
 */
export type LockState = "none" | "locked" | "open" | "covered";

/** `wrong`: another passphrase. `declined`: no passkey came. `unavailable`: a part of the page did not come. */
export type LockTrouble = "wrong" | "declined" | "unavailable" | Weakness;

export type Choice =
  | { readonly way: "passphrase"; readonly passphrase: string }
  | { readonly way: "passkey"; readonly label: string };

export interface LockModel {
  readonly state: ReadonlySignal<LockState>;
  /** What opens it; null where there is none. */
  readonly way: ReadonlySignal<Way | null>;
  /** One is to be set before anything else. */
  readonly wanted: ReadonlySignal<boolean>;
  /** `confirm` waits for an answer. */
  readonly asking: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<LockTrouble | null>;
  /** Milliseconds since the epoch: when the next passphrase may be tried. */
  readonly until: ReadonlySignal<number>;
  readonly lasting: boolean;
  readonly now: () => number;
  passkeysAvailable(): Promise<boolean>;
  /** With a passphrase, where that is the way. */
  unlock(passphrase?: string): Promise<void>;
  /** Sets the lock, or changes it; false where `trouble` says what was in the way. */
  set(choice: Choice): Promise<boolean>;
  cover(): void;
  /** Before signing: whether whoever is there has unlocked within the last minutes, or does now. */
  confirm(): Promise<boolean>;
  /** The answer to `confirm` is no. */
  cancel(): void;
  /** Erases everything of the practitioner's on this device. */
  erase(): Promise<void>;
}

/** The lock as the desk uses it. */
export interface Lock extends LockModel {
  /** What the desk keeps its things in. */
  readonly vaults: Vaults;
  /** Resolves when the vaults can be read; `required` where a lock has to be set before. */
  pass(required: boolean): Promise<void>;
  /** Begins to look for idleness; `busy` says that somebody is there without touching anything. */
  watch(busy: () => boolean): void;
}

export interface LockNeeds extends SafeNeeds {
  readonly passkeys: Passkeys;
  readonly clock: Clock;
  readonly surroundings: Pick<Surroundings, "woke">;
  /** Told of every touch, key and movement. */
  readonly activity: (told: () => void) => void;
  readonly stretch: (passphrase: string, stretching: Stretching) => Promise<Uint8Array>;
}

class ScreenLock implements Lock {
  readonly state: Signal<LockState> = signal("none");
  readonly way: Signal<Way | null> = signal(null);
  readonly wanted = signal(false);
  readonly asking = signal(false);
  readonly trouble: Signal<LockTrouble | null> = signal(null);
  readonly until = signal(0);
  readonly lasting: boolean;
  readonly vaults: Vaults;
  readonly now: () => number;

  readonly #needs: LockNeeds;
  readonly #safe: Safe;
  #raw: Uint8Array | undefined;
  #tries = 0;
  #opened = Number.NEGATIVE_INFINITY;
  #touched = 0;
  #busy = (): boolean => false;
  #answer = (_yes: boolean): void => undefined;

  constructor(needs: LockNeeds) {
    this.#needs = needs;
    this.#safe = new Safe(needs);
    this.vaults = this.#safe.vaults;
    this.lasting = this.vaults.lasting;
    this.now = () => needs.clock.now();
  }

  readonly pass = async (required: boolean): Promise<void> => {
    await this.#read();
    this.wanted.value = required && this.lasting && this.state.peek() === "none";
    await new Promise<void>((done) => {
      const through = () => this.state.value !== "locked" && !this.wanted.value;
      const stop = effect(() => {
        if (!through()) return;
        done();
        void Promise.resolve().then(() => stop());
      });
    });
  };

  readonly watch = (busy: () => boolean): void => {
    const { activity, surroundings } = this.#needs;
    this.#busy = busy;
    activity(() => {
      // A machine that slept tells of the first touch before of the time that has passed.
      this.#look();
      this.#touched = this.now();
    });
    surroundings.woke(() => this.#look());
  };

  readonly passkeysAvailable = (): Promise<boolean> => this.#needs.passkeys.available();

  readonly unlock = async (passphrase = ""): Promise<void> => {
    const raw = this.#raw;
    if (!raw || this.now() < this.until.peek()) return;
    this.trouble.value = null;
    try {
      const master = openLock(raw, await this.#secret(readLock(raw), passphrase));
      await this.#safe.open(master);
      if (this.#tries > 0) await this.#count(0);
      this.#open(raw);
    } catch (error) {
      if (!(error instanceof SealError)) this.trouble.value = troubleOf(error);
      else await this.#wrong();
    }
  };

  readonly set = async (choice: Choice): Promise<boolean> => {
    const { random, passkeys } = this.#needs;
    this.trouble.value = choice.way === "passphrase" ? weaknessOf(choice.passphrase) : null;
    if (this.trouble.peek()) return false;
    const salt = random(32);
    try {
      let raw: Uint8Array;
      const master = await this.#safe.toSeal();
      if (choice.way === "passkey") {
        const { id, secret } = await passkeys.make(choice.label, USE);
        raw = sealLock({ way: "passkey", salt, id }, secret, master);
      } else {
        const way: Way = { way: "passphrase", salt, ...FLOOR };
        raw = sealLock(way, await this.#secret(way, choice.passphrase), master);
      }
      await this.#safe.seal(raw, master);
      this.#open(raw);
      return true;
    } catch (error) {
      this.trouble.value = troubleOf(error);
      return false;
    }
  };

  readonly cover = (): void => {
    if (this.state.peek() !== "open") return;
    batch(() => {
      this.trouble.value = null;
      this.state.value = "covered";
    });
    this.#opened = Number.NEGATIVE_INFINITY;
  };

  readonly confirm = async (): Promise<boolean> => {
    if (this.state.peek() === "none" || this.now() - this.#opened <= CONFIRM_MS) return true;
    this.cancel();
    this.trouble.value = null;
    this.asking.value = true;
    return await new Promise((answer) => {
      this.#answer = answer;
    });
  };

  readonly cancel = (): void => this.#answered(false);

  readonly erase = async (): Promise<void> => {
    await this.#safe.erase();
    this.#raw = undefined;
    batch(() => {
      this.way.value = null;
      this.state.value = "none";
    });
  };

  /** Another tab may have set, changed or erased it since. */
  async #read(): Promise<void> {
    const raw = await this.#safe.kept();
    const known = this.#raw;
    if (raw && known ? same(raw, known) : raw === known) return;
    this.#safe.close();
    this.#raw = raw;
    const [tries, until] = await this.#safe.tries();
    this.#tries = tries;
    batch(() => {
      // No further than a pause can be: the clock may have been put back.
      this.until.value = Math.min(until, this.now() + pauseAfter(tries));
      this.way.value = raw ? readLock(raw) : null;
      this.state.value = raw ? "locked" : "none";
    });
  }

  #secret(way: Way, passphrase: string): Promise<Uint8Array> {
    const { passkeys, stretch } = this.#needs;
    return way.way === "passkey" ? passkeys.secret(USE, way.id) : stretch(passphrase.trim(), way);
  }

  #open(raw: Uint8Array): void {
    this.#raw = raw;
    this.#opened = this.now();
    this.#touched = this.now();
    const watched = this.state.peek() === "open";
    batch(() => {
      this.way.value = readLock(raw);
      this.trouble.value = null;
      this.wanted.value = false;
      this.state.value = "open";
    });
    if (!watched) this.#wait();
    this.#answered(true);
  }

  async #wrong(): Promise<void> {
    await this.#count(this.#tries + 1);
    this.trouble.value = "wrong";
  }

  async #count(tries: number): Promise<void> {
    this.#tries = tries;
    this.until.value = this.now() + pauseAfter(tries);
    await this.#safe.saveTries(tries, this.until.peek());
  }

  #answered(yes: boolean): void {
    this.asking.value = false;
    this.#answer(yes);
    this.#answer = () => undefined;
  }

  #look(): void {
    if (this.#busy()) this.#touched = this.now();
    if (this.now() - this.#touched >= IDLE_MS) this.cover();
  }

  #wait(): void {
    const left = Math.max(0, this.#touched + IDLE_MS - this.now());
    this.#needs.clock.after(left, () => {
      this.#look();
      if (this.state.peek() === "open") this.#wait();
    });
  }
}

/** Passkeys that nobody gave reject with a DOMException; code that did not come, with anything else. */
const troubleOf = (error: unknown): LockTrouble =>
  error instanceof DOMException ? "declined" : "unavailable";

export const createLock = (needs: LockNeeds): Lock => new ScreenLock(needs);
