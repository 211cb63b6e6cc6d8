/**
 * Secrets at rest, in IndexedDB: every value is encrypted under one AES-GCM key that the browser
 * holds and no script can read out. Where IndexedDB is missing, or refuses to keep such a key
 * (private windows of some browsers), everything stays in the memory of the page.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { TakenOver, Vault, Vaults } from "../features/ports.ts";
import type { Signer } from "../sealing/keys.ts";
import { keyFromSeed, newKey, type RestingKey, signerOf } from "./signers.ts";

interface Wrapped {
  readonly nonce: Uint8Array;
  readonly sealed: ArrayBuffer;
}

type Resting = Wrapped | { readonly publicKey: Uint8Array; readonly key: CryptoKey | Wrapped };

interface Schema extends DBSchema {
  wrapping: { key: string; value: CryptoKey };
  /** Who owns a scope: a random mark of the page that opened it last. */
  owners: { key: string; value: string };
  /** By `[scope, name]`. */
  secrets: { key: [string, string]; value: Resting };
}

const DATABASE = "aparte";
const KEYS = "key:";

class Taken extends Error {
  override readonly name: TakenOver = "TakenOver";
}

/** All names of one scope: an array sorts after every string. */
const within = (scope: string): IDBKeyRange => IDBKeyRange.bound([scope, ""], [scope, []]);

const aad = (scope: string, name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new TextEncoder().encode(JSON.stringify([scope, name])));

class Wrapping {
  readonly #key: CryptoKey;

  constructor(key: CryptoKey) {
    this.#key = key;
  }

  async wrap(scope: string, name: string, secret: Uint8Array): Promise<Wrapped> {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const parameters = { name: "AES-GCM", iv: nonce, additionalData: aad(scope, name) };
    const sealed = await crypto.subtle.encrypt(parameters, this.#key, new Uint8Array(secret));
    return { nonce, sealed };
  }

  async unwrap(scope: string, name: string, { nonce, sealed }: Wrapped): Promise<Uint8Array> {
    const parameters = {
      name: "AES-GCM",
      iv: new Uint8Array(nonce),
      additionalData: aad(scope, name),
    };
    return new Uint8Array(await crypto.subtle.decrypt(parameters, this.#key, sealed));
  }
}

class LastingVault implements Vault {
  readonly #database: IDBPDatabase<Schema>;
  readonly #wrapping: Wrapping;
  readonly #scope: string;
  readonly #mark: string;

  constructor(database: IDBPDatabase<Schema>, wrapping: Wrapping, scope: string, mark: string) {
    this.#database = database;
    this.#wrapping = wrapping;
    this.#scope = scope;
    this.#mark = mark;
  }

  async load(name: string): Promise<Uint8Array | undefined> {
    const resting = await this.#database.get("secrets", [this.#scope, name]);
    if (!resting || "key" in resting) return undefined;
    return await this.#wrapping.unwrap(this.#scope, name, resting);
  }

  async save(name: string, secret: Uint8Array, quick?: "quick"): Promise<void> {
    const wrapped = await this.#wrapping.wrap(this.#scope, name, secret);
    await this.#write(name, wrapped, quick ? "relaxed" : "strict");
  }

  async erase(name: string): Promise<void> {
    await this.#write(name, undefined);
  }

  async names(): Promise<readonly string[]> {
    const keys = await this.#database.getAllKeys("secrets", within(this.#scope));
    return keys.map(([, name]) => name).filter((name) => !name.startsWith(KEYS));
  }

  async signer(name: string): Promise<Signer | undefined> {
    const id = KEYS + name;
    const resting = await this.#database.get("secrets", [this.#scope, id]);
    if (!resting || !("key" in resting)) return undefined;
    const { publicKey, key } = resting;
    return signerOf(
      "sealed" in key
        ? { publicKey, seed: await this.#wrapping.unwrap(this.#scope, id, key) }
        : { publicKey, handle: key },
    );
  }

  async makeSigner(name: string): Promise<Signer> {
    return await this.#keep(name, await newKey());
  }

  async keepSigner(name: string, seed: Uint8Array): Promise<Signer> {
    return await this.#keep(name, await keyFromSeed(seed));
  }

  async #keep(name: string, key: RestingKey): Promise<Signer> {
    const id = KEYS + name;
    const { publicKey } = key;
    const resting =
      "seed" in key ? await this.#wrapping.wrap(this.#scope, id, key.seed) : key.handle;
    await this.#write(id, { publicKey, key: resting });
    return signerOf(key);
  }

  async #write(
    name: string,
    value: Resting | undefined,
    durability: "relaxed" | "strict" = "strict",
  ): Promise<void> {
    const stores = ["owners", "secrets"] as const;
    const change = this.#database.transaction(stores, "readwrite", { durability });
    if ((await change.objectStore("owners").get(this.#scope)) !== this.#mark) {
      await change.done;
      throw new Taken("another tab owns this state now");
    }
    const secrets = change.objectStore("secrets");
    if (value) void secrets.put(value, [this.#scope, name]);
    else void secrets.delete([this.#scope, name]);
    await change.done;
  }
}

class LastingVaults implements Vaults {
  readonly lasting = true;
  readonly #database: IDBPDatabase<Schema>;
  readonly #wrapping: Wrapping;
  readonly #mark = crypto.randomUUID();

  constructor(database: IDBPDatabase<Schema>, wrapping: CryptoKey) {
    this.#database = database;
    this.#wrapping = new Wrapping(wrapping);
  }

  async open(scope: string): Promise<Vault> {
    await this.#database.put("owners", this.#mark, scope);
    return this.look(scope);
  }

  look(scope: string): Vault {
    return new LastingVault(this.#database, this.#wrapping, scope, this.#mark);
  }

  async scopes(): Promise<readonly string[]> {
    return await this.#database.getAllKeys("owners");
  }

  async erase(scope: string): Promise<void> {
    const change = this.#database.transaction(["owners", "secrets"], "readwrite", {
      durability: "strict",
    });
    void change.objectStore("secrets").delete(within(scope));
    void change.objectStore("owners").delete(scope);
    await change.done;
  }
}

class MemoryVault implements Vault {
  readonly #secrets = new Map<string, Uint8Array>();
  readonly #keys = new Map<string, Signer>();

  async load(name: string): Promise<Uint8Array | undefined> {
    return this.#secrets.get(name);
  }

  async save(name: string, secret: Uint8Array): Promise<void> {
    this.#secrets.set(name, secret.slice());
  }

  async erase(name: string): Promise<void> {
    this.#secrets.delete(name);
  }

  async names(): Promise<readonly string[]> {
    return [...this.#secrets.keys()];
  }

  async signer(name: string): Promise<Signer | undefined> {
    return this.#keys.get(name);
  }

  async makeSigner(name: string): Promise<Signer> {
    const signer = signerOf(await newKey());
    this.#keys.set(name, signer);
    return signer;
  }

  async keepSigner(name: string, seed: Uint8Array): Promise<Signer> {
    const signer = signerOf(await keyFromSeed(seed));
    this.#keys.set(name, signer);
    return signer;
  }
}

/** Vaults that last as long as the page: also what tests use. */
export function memoryVaults(): Vaults {
  const vaults = new Map<string, Vault>();
  return {
    lasting: false,
    async open(scope) {
      const vault = vaults.get(scope) ?? new MemoryVault();
      vaults.set(scope, vault);
      return vault;
    },
    look: (scope) => vaults.get(scope) ?? new MemoryVault(),
    scopes: async () => [...vaults.keys()],
    erase: async (scope) => void vaults.delete(scope),
  };
}

async function openLasting(): Promise<Vaults> {
  const database = await openDB<Schema>(DATABASE, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("wrapping");
      fresh.createObjectStore("owners");
      fresh.createObjectStore("secrets");
    },
  });
  // Made before the transaction, which would not wait for it; of two tabs the first one's stays.
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const first = database.transaction("wrapping", "readwrite", { durability: "strict" });
  const kept = await first.store.get("1");
  if (!kept) void first.store.put(made, "1");
  await first.done;
  return new LastingVaults(database, kept ?? made);
}

/** The browser's vaults; those of memory where it keeps nothing. Never rejects. */
export async function openVaults(): Promise<Vaults> {
  try {
    return await openLasting();
  } catch {
    return memoryVaults();
  }
}
