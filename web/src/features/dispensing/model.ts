/** A prescription at the counter, as its page sees it. */
import type { ReadonlySignal } from "@preact/signals";
import type { Attestation, Card } from "../../sealing/card.ts";
import type { CardSigner } from "../../sealing/dispensing.ts";
import type { PractitionerRecord } from "../../sealing/record.ts";
import type { OpenedDocument } from "../consult/call.ts";
import type { LockModel } from "../lock/lock.ts";
import type { Prescription } from "../prescription/model.ts";
import type { Problem } from "../problems.ts";
import type { Dispenser } from "./attempts.ts";

/** What is known of who signed a receipt with a card. */
export interface GivenCard {
  /**
   * `revoked`: their device was withdrawn before the server took the claim. `unasked`: nobody could be
   * asked, so that who it was is as stated.
   */
  readonly standing: "asking" | "attested" | "unattested" | "revoked" | "unasked" | "contradicted";
  /** Null while, and where, nobody has answered. */
  readonly card: Card | null;
  readonly attestation: Attestation | undefined;
}

/** The card of whose device this browser is. */
export interface OwnCard {
  /** `locked`: whose it is can be read when the lock is opened. `revoked`: it signs no more. */
  readonly state: ReadonlySignal<"locked" | "asking" | "ready" | "revoked" | "unasked">;
  readonly shown: ReadonlySignal<Pick<PractitionerRecord, "card" | "attestation"> | null>;
  readonly lock: LockModel;
  /** Where it is `ready`. */
  readonly signer: CardSigner | undefined;
  /**
   * Before signing: whether whoever is there has opened the lock within the last minutes, or does now,
   * and the server still says that the device is in force, with the card that was shown.
   */
  confirm(): Promise<boolean>;
  /** Asks the server again. */
  ask(): Promise<void>;
}

/** What somebody gave, and when, by their own clock. */
export interface GivenLine {
  readonly what: string;
  readonly whole: boolean;
  readonly at: Date | null;
  /** As the receipt states it. */
  readonly by: string;
  readonly place: string;
  /** Of who signed with one. */
  readonly card: GivenCard | null;
}

/** One line of the prescription, from 1. */
export interface CounterLine {
  readonly number: number;
  readonly given: readonly GivenLine[];
  /** Whole deliveries that may still be made, of so many. */
  readonly left: number;
  readonly deliveries: number;
  /** `unknown`: a step was used whose receipt nobody shows. `spent`: no step is left. */
  readonly state: "open" | "given" | "revoked" | "expired" | "unknown" | "spent";
  /** Whether a part may be given: there are steps for the deliveries that are left, and more. */
  readonly parts: boolean;
  /** Why the prescriber took it back; empty where they gave no reason. */
  readonly reason: string;
}

export interface Shown {
  readonly document: OpenedDocument;
  /** Null where the document has no medicines that a page can read: the PDF says what they are. */
  readonly prescription: Prescription | null;
  readonly card: Card;
  readonly attestation: Attestation | undefined;
  /** When the server saw the signature; until when it may be dispensed. */
  readonly signedAt: Date;
  readonly until: Date;
  /** Whether the device that signed is in force today; `unasked` where nobody could be asked. */
  readonly device: "in-force" | "revoked" | "unasked";
}

/** What an attempt came to. */
export type Outcome = "dispensed" | "lost" | "revoked";

export interface CounterModel {
  readonly state: ReadonlySignal<"looking" | "open" | "over">;
  readonly shown: ReadonlySignal<Shown | null>;
  readonly lines: ReadonlySignal<readonly CounterLine[]>;
  /** Of the line whose attempt ended last. */
  readonly outcome: ReadonlySignal<{ readonly line: number; readonly what: Outcome } | null>;
  /** The server has shown another claim of a step than before, or none: it lies. */
  readonly lied: ReadonlySignal<boolean>;
  /** What proves that to others, as files: where it has shown two. */
  readonly proofs: ReadonlySignal<readonly Uint8Array[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Why nothing is shown. */
  readonly why: ReadonlySignal<"unknown" | "not-genuine" | null>;
  readonly dispenser: ReadonlySignal<Dispenser>;
  /** Of who dispenses here; null where this browser is no practitioner's device. */
  readonly card: OwnCard | null;
  /**
   * Dispenses of a line: all of a delivery, or a part. Of the line as the person saw it: where
   * something was given of it since, or it was taken back, that is the outcome. `by` somebody with their
   * card, it is signed with it, and the names are the card's.
   */
  dispense(line: CounterLine, what: string, whole: boolean, by: Dispenser): Promise<void>;
  /** Of the prescriber: takes back what is left of a line. False where that did not come about. */
  readonly revoke?: ((line: number, reason: string) => Promise<boolean>) | undefined;
  refresh(): Promise<void>;
  /** Nobody looks any more: nothing is asked of the server from then on. */
  close(): void;
}

/** A prescription that was issued, in the list of a practice. */
export interface IssuedLine {
  readonly id: string;
  readonly patient: string;
  readonly issued: Date;
  readonly until: Date;
}

export interface IssuedModel {
  /** Newest first. */
  readonly list: ReadonlySignal<readonly IssuedLine[]>;
  load(): Promise<void>;
  /** Asks the server what became of one; null where it is in the list no more. */
  open(id: string): Promise<CounterModel | null>;
}
