/** Rings at the server: written to the cell of each means, and opened with two (Keyrings). */
import { ProtocolError } from "../../protocol/errors.ts";
import { type CellKeys, makeVersion, NOBODY, ownerIn, type Seen } from "../../sealing/cell.ts";
import { b64u, fromB64u, same } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import {
  type Held,
  openRing,
  ownerOf,
  placeOf,
  type Ring,
  readerOf,
  type Secret,
  sameRing,
  sealRing,
} from "../../sealing/ring.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Vault } from "../ports.ts";
import { whoServes } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import { putCell, type ReadCell, readCell } from "../rooms/cells.ts";

const NAME = "rings";
/** The most that a cell's value takes. */
const VALUE_BYTES = 4_096;
const NONE: Seen = { version: 0, hash: NOBODY };

export interface RingsNeeds {
  readonly api: Api;
  readonly random: Random;
  /** Gives a voucher that is good for so many bytes. */
  voucher(bytes: number): Promise<Uint8Array>;
  /** Where it is kept what the server showed, and what is still to be done. Nothing secret. */
  readonly kept: Pick<Vault, "load" | "save">;
}

export interface Rings {
  /**
   * What lies in the cell of `means`, with `other`: another means, or a device. Refuses with
   * `bad_form` for two devices, `cannot_open` where the two are no pair, `revoked` for a means that
   * was taken out, `forked`, `rolled_back`; rejects with `not_found` for a means without a cell.
   */
  open(means: Secret, other: Secret): Promise<Ring>;
  /**
   * Puts a ring into the cell of each of its means, then closes the cells of those in `out`. May be
   * called again after any failure, with that ring or another. Rejects with `stale_version` where another
   * device wrote meanwhile: open, and make the change again.
   */
  write(ring: Ring, out?: readonly Held[]): Promise<void>;
  /** The ids of the cells that this device knows. */
  places(): Promise<readonly Uint8Array[]>;
  /** Another device knows a cell, or has closed it. */
  adopt(place: Uint8Array): Promise<void>;
  drop(place: Uint8Array): Promise<void>;
}

/**
 * By the ids of cells: their newest versions, those that were sent and perhaps not answered, and the
 * read keys of cells still to be closed.
 */
interface Known {
  readonly seen: Record<string, Seen>;
  readonly sent: Record<string, Seen>;
  readonly closing: Record<string, Uint8Array>;
}

class ServedRings implements Rings {
  readonly #needs: RingsNeeds;
  #known: Promise<Known> | undefined;
  #server: Uint8Array | undefined;

  constructor(needs: RingsNeeds) {
    this.#needs = needs;
  }

  async open(means: Secret, other: Secret): Promise<Ring> {
    require(means.kind !== "device", "bad_form", "a device has no cell");
    const [id, reader] = [placeOf(means), readerOf(means)];
    const target = `/v1/cells/${b64u(id)}`;
    const owner = ownerIn(await this.#needs.api.request({ method: "GET", target, signer: reader }));
    const found = await this.#read(reader, keysOf(means, owner));
    require(!found.state.closed, "revoked", "this means was taken out");
    const ring = openRing(found.state.value, means, other);
    require(same(ownerOf(ring, id).publicKey, owner), "forked", "somebody else's cell");
    await this.#remember(id, found.seen);
    for (const one of meansOf(ring)) if (!same(placeOf(one), id)) await this.#look(ring, one);
    return ring;
  }

  async write(ring: Ring, out: readonly Held[] = []): Promise<void> {
    const { closing } = await this.#load();
    for (const one of out) closing[b64u(placeOf(one))] = readerOf(one).publicKey;
    await this.#save();
    for (const means of meansOf(ring)) await this.#write(ring, means);
    for (const [place, read] of Object.entries(closing)) {
      await this.#close(ring, fromB64u(place), read);
    }
  }

  /** Learns the state of another cell, which may lag behind, or be missing, after a crash. */
  async #look(ring: Ring, means: Held): Promise<void> {
    const owner = ownerOf(ring, placeOf(means));
    const found = await orNone(this.#read(owner, keysOf(means, owner.publicKey)));
    // It is closed only once all others are written without it.
    require(!found?.state.closed, "rolled_back", "a ring from before a means was taken out");
    if (found) await this.#remember(placeOf(means), found.seen);
  }

  async #write(ring: Ring, means: Held): Promise<void> {
    const { api, random, voucher } = this.#needs;
    const owner = ownerOf(ring, placeOf(means));
    const keys = keysOf(means, owner.publicKey);
    const { seen, sent } = await this.#load();
    const place = b64u(keys.id);
    const own = [seen[place] ?? NONE, sent[place] ?? NONE];
    const found = await orNone(this.#read(owner, keys));
    if (found && holds(found.state.value, ring, means)) {
      await this.#remember(keys.id, found.seen);
      return;
    }
    const known = !found || own.some((one) => isSame(one, found.seen));
    if (!known) throw new ProtocolError("stale_version");
    const value = sealRing(ring, means, random);
    // Never made, or expired: whoever has the root makes it anew.
    const paid = found ? {} : { voucher: await voucher(VALUE_BYTES) };
    const before = found?.seen ?? NONE;
    sent[place] = (await makeVersion(owner, keys, before, value)).seen;
    await this.#save();
    const next = { owner, keys, before, value, ...paid };
    await this.#remember(keys.id, await putCell(api, await this.#whoServes(), next));
  }

  async places(): Promise<readonly Uint8Array[]> {
    return Object.keys((await this.#load()).seen).map((place) => fromB64u(place));
  }

  async adopt(place: Uint8Array): Promise<void> {
    const { seen } = await this.#load();
    seen[b64u(place)] ??= NONE;
    await this.#save();
  }

  async drop(place: Uint8Array): Promise<void> {
    const { seen } = await this.#load();
    delete seen[b64u(place)];
    await this.#save();
  }

  async #close(ring: Ring, id: Uint8Array, read: Uint8Array): Promise<void> {
    const owner = ownerOf(ring, id);
    const keys = { id, owner: owner.publicKey, read, claim: NOBODY };
    const found = await orNone(this.#read(owner, keys));
    if (found && !found.state.closed) {
      const last = { owner, keys, before: found.seen, value: new Uint8Array(), closed: true };
      await putCell(this.#needs.api, await this.#whoServes(), last);
    }
    const { seen, sent, closing } = await this.#load();
    delete seen[b64u(id)];
    delete sent[b64u(id)];
    delete closing[b64u(id)];
    await this.#save();
  }

  async #read(reader: Signer, keys: CellKeys): Promise<ReadCell> {
    const before = (await this.#load()).seen[b64u(keys.id)] ?? NONE;
    return readCell(this.#needs.api, await this.#whoServes(), reader, keys, before);
  }

  async #whoServes(): Promise<Uint8Array> {
    this.#server ??= (await whoServes(this.#needs.api)).key;
    return this.#server;
  }

  #load(): Promise<Known> {
    this.#known ??= this.#needs.kept.load(NAME).then((bytes) => {
      return bytes ? fromBytes<Known>(bytes) : { seen: {}, sent: {}, closing: {} };
    });
    return this.#known;
  }

  async #save(): Promise<void> {
    await this.#needs.kept.save(NAME, toBytes(await this.#load()));
  }

  async #remember(place: Uint8Array, newest: Seen): Promise<void> {
    const { seen, sent } = await this.#load();
    seen[b64u(place)] = newest;
    delete sent[b64u(place)];
    await this.#save();
  }
}

/** The means of a ring: those that have a cell. */
export const meansOf = (ring: Ring): readonly Held[] =>
  ring.held.filter(({ kind }) => kind !== "device");

const keysOf = (means: Secret, owner: Uint8Array): CellKeys => ({
  id: placeOf(means),
  owner,
  read: readerOf(means).publicKey,
  claim: NOBODY,
});

const isSame = (one: Seen, other: Seen): boolean =>
  one.version === other.version && same(one.hash, other.hash);

/** Undefined where there is no such cell. */
async function orNone(asked: Promise<ReadCell>): Promise<ReadCell | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "not_found") return undefined;
    throw error;
  }
}

/** Whether this very ring is there already. */
function holds(value: Uint8Array, ring: Ring, means: Held): boolean {
  const other = ring.held.find(({ secret }) => !same(secret, means.secret));
  try {
    return other !== undefined && sameRing(openRing(value, means, other), ring);
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}

export const createRings = (needs: RingsNeeds): Rings => new ServedRings(needs);
