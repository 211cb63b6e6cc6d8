/** Who dispensed with a card: their papers, asked of the server (Dispensing). */
import type { Certificate } from "../../sealing/certificate.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import type { SignedDispensed } from "../../sealing/dispensing.ts";
import { b64u } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import { type PractitionerRecord, requireFresh } from "../../sealing/record.ts";
import type { Clock } from "../ports.ts";
import { fetchRecord, type KeptRecord, readKept } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { GivenCard } from "./model.ts";

const ASKING: GivenCard = { standing: "asking", card: null, attestation: undefined };

/**
 * Somebody's papers, which the server has confirmed lately. Rejects and refuses as `fetchRecord` does,
 * and with `stale_status`.
 */
export async function freshRecord(
  api: Api,
  clock: Clock,
  identity: Uint8Array,
  last: KeptRecord | undefined,
): Promise<{ readonly kept: KeptRecord; readonly record: PractitionerRecord }> {
  const kept = await fetchRecord(api, identity, last);
  const record = readKept(identity, kept);
  requireFresh(record, clock.now() / 1000);
  return { kept, record };
}

export class Dispensers {
  readonly #api: Api;
  readonly #clock: Clock;
  /** The newest papers of each identity: nobody shows older ones from then on. */
  readonly #papers = new Map<string, KeptRecord>();
  /** By the hash of a receipt. */
  readonly #found = new Map<string, GivenCard>();
  #last: Promise<void> = Promise.resolve();

  constructor(api: Api, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** What is known by now of who signed a receipt; null without a card. */
  of({ certificate, hash }: SignedDispensed): GivenCard | null {
    return certificate ? (this.#found.get(b64u(hash)) ?? ASKING) : null;
  }

  /**
   * Asks for those of whom nothing is known; each with when the server took the claim of their receipt,
   * in Unix seconds. Resolves when all have been asked for, with whether that changed anything.
   */
  ask(receipts: readonly (readonly [SignedDispensed, number])[]): Promise<boolean> {
    const asking = this.#last.then(() => this.#ask(receipts));
    this.#last = asking.then(() => undefined);
    return asking;
  }

  async #ask(receipts: readonly (readonly [SignedDispensed, number])[]): Promise<boolean> {
    const open = receipts.filter(([receipt]) => isOpen(this.of(receipt)));
    const asked = new Map<string, PractitionerRecord | "unasked" | "contradicted">();
    for (const [receipt, taken] of open) {
      const { certificate } = receipt;
      if (!certificate) continue;
      const who = b64u(certificate.identity);
      const record = asked.get(who) ?? (await this.#record(certificate));
      asked.set(who, record);
      this.#found.set(b64u(receipt.hash), judged(record, certificate, taken));
    }
    return open.length > 0;
  }

  /** `unasked` where nobody could be asked, or what came does not hold. */
  async #record({ identity }: Certificate) {
    const who = b64u(identity);
    try {
      const last = this.#papers.get(who);
      const { kept, record } = await freshRecord(this.#api, this.#clock, identity, last);
      this.#papers.set(who, kept);
      return record;
    } catch (error) {
      const code = error instanceof SealError ? error.code : undefined;
      // One of the two is forged: what was seen before, and what came now.
      return code === "forked" || code === "rolled_back" ? "contradicted" : "unasked";
    }
  }
}

const isOpen = (card: GivenCard | null): boolean =>
  card?.standing === "asking" || card?.standing === "unasked";

function judged(
  record: PractitionerRecord | "unasked" | "contradicted",
  certificate: Certificate,
  taken: number,
): GivenCard {
  if (typeof record === "string") return { standing: record, card: null, attestation: undefined };
  const { card, attestation, devices } = record;
  try {
    requireInForce(devices, certificate, taken);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { standing: "revoked", card, attestation };
  }
  return { standing: attestation ? "attested" : "unattested", card, attestation };
}
