/** What a browser keeps that makes it a practitioner's device: read by the desk, and where they dispense. */
import { readCard } from "../../sealing/card.ts";
import type { Signer } from "../../sealing/keys.ts";
import type { SecondDevice } from "../../sealing/second.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { Vault, Vaults } from "../ports.ts";
import type { KeptRecord } from "../practitioners/records.ts";

/** The practitioner's card names a second key, and this device has none. */
export class CannotSignTwice extends Error {}

/** Who this device is: what signs, and what says for whom. */
export interface Credentials {
  readonly device: Signer;
  /** The identity's public key. */
  readonly identity: Uint8Array;
  readonly certificate: Uint8Array;
  /**
   * What it signs documents with, too; undefined where the practitioner makes no second signature.
   * Rejects with CannotSignTwice where they do, and this device cannot: what it signs would be refused.
   */
  second(): Promise<SecondDevice | undefined>;
}

export const DESK = "desk";
export const ROOMS = "room:";
/** Files that are on their way, as the worker keeps them. */
export const OUTGOING = "outgoing:";
const CERTIFICATE = "certificate";
const SECOND = "second";

export const roomScope = (id: string): string => ROOMS + id;

/** What a practitioner's device keeps as such. */
export const isOfDesk = (scope: string): boolean =>
  scope === DESK || scope.startsWith(ROOMS) || scope.startsWith(OUTGOING);

/** Whether this browser is a practitioner's device: it shows before the lock is opened. */
export const isDevice = async (vaults: Vaults): Promise<boolean> =>
  (await vaults.look(DESK).names()).includes(CERTIFICATE);

export async function readCredentials(vault: Vault): Promise<Credentials | undefined> {
  const device = await vault.signer("device");
  const certificate = await vault.load(CERTIFICATE);
  const identity = await vault.load("identity");
  const second = () => readSecond(vault);
  return device && certificate && identity && { device, certificate, identity, second };
}

export async function readSecond(vault: Vault): Promise<SecondDevice | undefined> {
  const bytes = await vault.load(SECOND);
  if (bytes) return fromBytes<SecondDevice>(bytes);
  const card = await vault.load("card");
  if (card && readCard(card).card.second !== "") throw new CannotSignTwice();
  return undefined;
}

/** None takes away what an attempt to become another practitioner's device has left. */
export async function saveSecond(vault: Vault, second: SecondDevice | undefined): Promise<void> {
  if (second) await vault.save(SECOND, toBytes(second));
  else await vault.erase(SECOND);
}

/** The papers that the server has shown of this practitioner. */
export async function readPapers(vault: Vault): Promise<KeptRecord | undefined> {
  const bytes = await vault.load("papers");
  return bytes && fromBytes<KeptRecord>(bytes);
}
