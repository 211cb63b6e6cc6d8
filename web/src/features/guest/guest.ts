/** The patient's page, as its views see it. */
import type { ReadonlySignal } from "@preact/signals";
import type { CallModel } from "../consult/call.ts";
import type { Attendee, ChatModel } from "../consult/group.ts";
import type { Shelf } from "../consult/shelf.ts";
import type { Address } from "../mail/address.ts";
import type { ConnectionTest } from "../media/connection-test.ts";
import type { MediaModel } from "../media/devices.ts";
import type { Platform } from "../ports.ts";
import type { Standing } from "../practitioners/standing.ts";
import type { Problem } from "../problems.ts";
import type { News } from "./circle.ts";

export type GuestPhase =
  | "bad-link"
  | "start"
  | "preview"
  | "waiting"
  | "consult"
  | "held"
  | "refused"
  | "ended"
  | "expired"
  | "unknown"
  | "left"
  | "elsewhere";

/** What whoever keeps documents for good needs of a visit. */
export interface Keepable {
  readonly platform: Platform;
  /** Of the host: public. */
  readonly identity: Uint8Array;
  readonly room: Uint8Array;
  /** The guest key. */
  readonly guest: Uint8Array;
  readonly shelf: Shelf;
  /** Asks the host for what pays, if a call is there to ask in: it comes to the shelf. */
  ask(): Promise<void>;
  /** From now on the host is told to write there. */
  write(to: Address): Promise<void>;
}

export interface GuestModel {
  readonly phase: ReadonlySignal<GuestPhase>;
  readonly connection: ReadonlySignal<"idle" | "connecting" | "open" | "reconnecting">;
  /** The doctor's page is open. */
  readonly hostPresent: ReadonlySignal<boolean>;
  /** Somebody else has used this link. */
  readonly seatOwned: ReadonlySignal<boolean>;
  /** After a refusal it is too soon to ask again. */
  readonly pausing: ReadonlySignal<boolean>;
  readonly media: MediaModel;
  readonly test: ConnectionTest;
  readonly call: ReadonlySignal<CallModel | null>;
  /** Whose link it is, as their signed card says. */
  readonly doctor: ReadonlySignal<Standing>;
  /** The doctor, then the other guests, as the stage shows them. */
  readonly people: ReadonlySignal<readonly Attendee[]>;
  /** The other guests of the consult; the doctor's word is what one knows of them. */
  readonly others: ReadonlySignal<readonly Attendee[]>;
  /** Who came into the consult or left it, for a while. */
  readonly news: ReadonlySignal<News | null>;
  /** With everybody in the consult. */
  readonly chat: ChatModel;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Received documents stay on this device after the consult. */
  readonly keepOnDevice: ReadonlySignal<boolean>;
  setKeepOnDevice(on: boolean): Promise<void>;
  /** Null before somebody has let us in, and once the room is over. */
  keepable(): Keepable | null;
  /** The doctor is told when the person opens a document. */
  readonly tellOpened: ReadonlySignal<boolean>;
  setTellOpened(on: boolean): Promise<void>;
  /** The tap on *Continue*: nothing goes out before it. */
  begin(): Promise<void>;
  /** *Join the waiting room*. */
  knock(name: string, reason: string): Promise<void>;
  leave(): Promise<void>;
  /** From `left` or `elsewhere`, and from `refused` once the pause is over. */
  comeBack(): Promise<void>;
}
