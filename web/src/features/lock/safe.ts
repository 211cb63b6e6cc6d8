/**
 * Vaults whose content rests under a master that only the lock opens. Without a lock the master
 * rests beside it, under the browser's own wrapping alone.
 */
import type { Random, Signer } from "../../sealing/keys.ts";
import type { Vault, Vaults } from "../ports.ts";
import { resting } from "./resting.ts";

const LOCK = "lock";
const SEALED = "sealed";
const CLEAR = "clear";
const TRIES = "tries";
const KEYS = "key:";
const SECRET_BYTES = 32;

export interface SafeNeeds {
  /** Where it rests. */
  readonly vaults: Vaults;
  readonly random: Random;
  /** A key that cannot be read out again, where the browser has such. */
  readonly signer: (seed: Uint8Array) => Promise<Signer>;
  /** Which scopes are the practitioner's. */
  readonly ours: (scope: string) => boolean;
}

export class Safe {
  readonly vaults: Vaults;
  readonly #needs: SafeNeeds;
  #vault: Vault | undefined;
  #master: Promise<Uint8Array> | undefined;

  constructor(needs: SafeNeeds) {
    this.#needs = needs;
    const { vaults } = needs;
    this.vaults = {
      lasting: vaults.lasting,
      open: async (scope) => {
        // With the scope, so that of two tabs the one that owns the desk owns the master too.
        this.#vault = await vaults.open(LOCK);
        return this.#within(scope, await vaults.open(scope));
      },
      look: (scope) => this.#within(scope, vaults.look(scope)),
      scopes: async () => (await vaults.scopes()).filter((scope) => scope !== LOCK),
      erase: (scope) => vaults.erase(scope),
    };
  }

  /** The sealed master, where there is a lock. */
  kept(): Promise<Uint8Array | undefined> {
    return this.#needs.vaults.look(LOCK).load(SEALED);
  }

  /** The master, once it is open; where there is no lock, that which lies there. */
  async #key(): Promise<Uint8Array> {
    this.#master ??= this.#find();
    try {
      return await this.#master;
    } catch (error) {
      this.#master = undefined;
      throw error;
    }
  }

  /** What a lock is to seal: where nothing was kept yet, a master that has never lain anywhere. */
  async toSeal(): Promise<Uint8Array> {
    return (await this.#master) ?? (await this.#clear()) ?? this.#needs.random(SECRET_BYTES);
  }

  /** From now on the master rests so, and in no other way. */
  async seal(sealed: Uint8Array, master: Uint8Array): Promise<void> {
    const vault = await this.#needs.vaults.open(LOCK);
    await vault.save(SEALED, sealed);
    await vault.erase(CLEAR);
    this.#vault = vault;
    this.#master = Promise.resolve(master);
  }

  async open(master: Uint8Array): Promise<void> {
    this.#master = Promise.resolve(master);
    const vault = this.#needs.vaults.look(LOCK);
    // A lock that was being set as the page went away.
    if (await vault.load(CLEAR)) await (await this.#needs.vaults.open(LOCK)).erase(CLEAR);
  }

  close(): void {
    this.#master = undefined;
  }

  /** How many wrong ones in a row, and when the next may be tried. */
  async tries(): Promise<readonly [count: number, until: number]> {
    const kept = await this.#needs.vaults.look(LOCK).load(TRIES);
    const [count = 0, until = 0] = kept ? new Float64Array(kept.slice().buffer) : [];
    return [count, until];
  }

  async saveTries(count: number, until: number): Promise<void> {
    const vault = await this.#needs.vaults.open(LOCK);
    await vault.save(TRIES, new Uint8Array(Float64Array.of(count, until).buffer));
  }

  /** Erases everything of the practitioner's on this device. */
  async erase(): Promise<void> {
    const { vaults, ours } = this.#needs;
    this.close();
    for (const scope of await vaults.scopes()) if (ours(scope)) await vaults.erase(scope);
    await vaults.erase(LOCK);
  }

  async #clear(): Promise<Uint8Array | undefined> {
    if (await this.kept()) throw new Error("locked");
    return await this.#needs.vaults.look(LOCK).load(CLEAR);
  }

  async #find(): Promise<Uint8Array> {
    const { vaults, random } = this.#needs;
    const clear = await this.#clear();
    if (clear) return clear;
    const made = random(SECRET_BYTES);
    this.#vault ??= await vaults.open(LOCK);
    await this.#vault.save(CLEAR, made);
    return made;
  }

  #within(scope: string, rest: Vault): Vault {
    const { random, signer } = this.#needs;
    const kept = resting(rest, scope, () => this.#key(), random);
    const keepSigner = async (name: string, seed: Uint8Array): Promise<Signer> => {
      await kept.save(KEYS + name, seed);
      return await signer(seed);
    };
    return {
      ...kept,
      names: async () => (await kept.names()).filter((name) => !name.startsWith(KEYS)),
      async signer(name) {
        const seed = await kept.load(KEYS + name);
        return seed && (await signer(seed));
      },
      makeSigner: (name) => keepSigner(name, random(SECRET_BYTES)),
      keepSigner,
    };
  }
}
