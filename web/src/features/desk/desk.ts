/** The doctor's page, as its views see it. */
import type { ReadonlySignal } from "@preact/signals";
import type { AskingModel } from "../adding/asking.ts";
import type { ShowingModel } from "../adding/showing.ts";
import type { CallModel, DocumentLine } from "../consult/call.ts";
import type { Attendee, ChatModel } from "../consult/group.ts";
import type { IssuedModel } from "../dispensing/model.ts";
import type { HelpingModel } from "../helping/helping.ts";
import type { LinksModel } from "../links/model.ts";
import type { LockModel } from "../lock/lock.ts";
import type { MediaModel } from "../media/devices.ts";
import type { KeptTexts } from "../paper/kept.ts";
import type { PermitsModel } from "../permits/model.ts";
import type { Problem } from "../problems.ts";
import type { OpenWithModel } from "../recovery/open-with.ts";
import type { WaysBackModel } from "../recovery/ways-back.ts";
import type { Seen } from "../reports/journal.ts";

/** As they state themselves. All but phone and e-mail stands on their card. */
export interface Practitioner {
  readonly name: string;
  readonly profession: string;
  readonly speciality: string;
  readonly rpps: string;
  readonly address: string;
  readonly phone: string;
  readonly email: string;
  /** The town. */
  readonly place: string;
  /** Two or three lower-case letters each (ISO 639). */
  readonly languages: readonly string[];
  /** Wants to be found in the server's directory. */
  readonly listed: boolean;
}

/** Somebody seen in a consult that is over, who can be written to. */
export interface PersonModel {
  readonly id: string;
  readonly name: ReadonlySignal<string>;
  /** Milliseconds since the epoch. */
  readonly seen: ReadonlySignal<number>;
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** base64url of the key that they had in their newest consult. */
  readonly guest: ReadonlySignal<string>;
  /** As a prescription is written to. */
  readonly call: Pick<CallModel, "who" | "sendDocument">;
  /** Fetches what was sent, for the copies that the doctor keeps. */
  look(): void;
}

export interface PeopleModel {
  /** Who was seen last comes first. */
  readonly list: ReadonlySignal<readonly PersonModel[]>;
  /** As many are there as are remembered: who was seen longest ago goes. */
  readonly full: ReadonlySignal<boolean>;
  /** Erases what the practice knows of somebody. */
  forget(id: string): Promise<void>;
}

export interface WaitingGuest {
  readonly peer: number;
  readonly key: string;
  readonly name: string;
  readonly reason: string;
  readonly lang: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly present: boolean;
  /** Another key owns the seat: somebody else with the same link. */
  readonly stranger: boolean;
  /** The id of the consult. */
  readonly consult: string;
}

/** Somebody who has left, or whose consult is over. */
export interface PastPerson {
  /** base64url of the guest key. */
  readonly key: string;
  readonly call: Pick<CallModel, "who">;
  readonly seen: Seen;
  /** What went between the two. */
  readonly documents: ReadonlySignal<readonly DocumentLine[]>;
}

/** One room made by this doctor. */
export interface ConsultModel {
  readonly id: string;
  readonly label: ReadonlySignal<string>;
  setLabel(text: string): void;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly created: number;
  readonly links: ReadonlySignal<readonly string[]>;
  readonly state: ReadonlySignal<
    | "connecting"
    | "open"
    | "reconnecting"
    /** Another device of the practitioner's has its door. */
    | "elsewhere"
    | "ended"
    | "expired"
    | "lost"
  >;
  readonly locked: ReadonlySignal<boolean>;
  readonly waiting: ReadonlySignal<readonly WaitingGuest[]>;
  readonly calls: ReadonlySignal<
    readonly { readonly peer: number; readonly key: string; readonly call: CallModel }[]
  >;
  /** Those of the calls, as the stage shows them. */
  readonly people: ReadonlySignal<readonly Attendee[]>;
  /** What this page has seen of everybody's consult, by guest key. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** Who was in it and is not now, as far as this page has seen: none rests anywhere. */
  readonly past: ReadonlySignal<readonly PastPerson[]>;
  /** With everybody in the call. */
  readonly chat: ChatModel;
  readonly problem: ReadonlySignal<Problem | null>;
  /** `takeOver` gives the seat to a stranger after the authentication strings were compared. */
  admit(peer: number, takeOver?: boolean): Promise<void>;
  refuse(peer: number): void;
  sendBack(peer: number): void;
  lock(on: boolean): void;
  /** One more link for this room. */
  addPerson(): Promise<string>;
  end(): Promise<void>;
}

export interface OwnDevice {
  /** base64url of its public key. */
  readonly id: string;
  /** What its owner calls it; empty where nobody has said. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When it was withdrawn; null: it is in force. */
  readonly until: number | null;
  /** This one. */
  readonly here: boolean;
}

export interface DevicesModel {
  /** In force first, the newest first; null until they are known. */
  readonly list: ReadonlySignal<readonly OwnDevice[] | null>;
  /** The screen that adds one, while it is open. */
  readonly adding: ReadonlySignal<ShowingModel | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Asks the server which there are. */
  load(): Promise<void>;
  add(): void;
  stopAdding(): void;
  rename(id: string, label: string): Promise<void>;
  /** A withdrawal that was begun, and is to be done again: the device's id. */
  readonly unfinished: ReadonlySignal<string | null>;
  /** Withdraws it for good. */
  withdraw(id: string): Promise<void>;
}

/** The practitioner's ways back. */
export interface WaysModel {
  /** Whether there are two at least. */
  readonly there: ReadonlySignal<boolean>;
  /** Asks for a way back, while something waits for it. */
  readonly opening: ReadonlySignal<OpenWithModel | null>;
  /** They are being made, or changed. */
  readonly changing: ReadonlySignal<WaysBackModel | null>;
  /** Begins to make or change them; rejects where the practitioner declines to open them. */
  change(): Promise<void>;
  /** Ends that. */
  leave(): void;
  decline(): void;
}

export interface DeskModel {
  readonly phase: ReadonlySignal<
    | "loading"
    | "no-practitioner"
    | "enrolling"
    | "joining"
    | "recovering"
    | "ways"
    | "ready"
    | "elsewhere"
    | "revoked"
  >;
  /** This device asks to be one of a practitioner's, while it does. */
  readonly joining: ReadonlySignal<AskingModel | null>;
  /** Null until this is a practitioner's device. */
  readonly devices: ReadonlySignal<DevicesModel | null>;
  /** Null until this is a practitioner's device. */
  readonly links: ReadonlySignal<LinksModel | null>;
  /** Null until this is a practitioner's device. */
  readonly permits: ReadonlySignal<PermitsModel | null>;
  /** The prescriptions that the practice has issued. Null until this is a practitioner's device. */
  readonly issued: ReadonlySignal<IssuedModel | null>;
  /** Templates and favourites of the practice. Null until this is a practitioner's device. */
  readonly kept: ReadonlySignal<KeptTexts | null>;
  /** Whom the practitioner helps to come back. Null until this is a practitioner's device. */
  readonly helping: ReadonlySignal<HelpingModel | null>;
  /** Two ways back are asked for, on a device that is to become the practitioner's. */
  readonly recovering: ReadonlySignal<OpenWithModel | null>;
  recover(): Promise<void>;
  /** This device has just become one, with two ways back: others may have to be withdrawn. */
  readonly lost: ReadonlySignal<boolean>;
  /** Null until this is a practitioner's device. */
  readonly ways: ReadonlySignal<WaysModel | null>;
  /** Null until this is a practitioner's device. */
  readonly people: ReadonlySignal<PeopleModel | null>;
  readonly practitioner: ReadonlySignal<Practitioner | null>;
  /** Whether an enrolment that was begun signs documents twice; true where none was. */
  readonly twice: ReadonlySignal<boolean>;
  /** The identity key in base64url, by which others find the card; empty before the enrolment. */
  readonly identity: ReadonlySignal<string>;
  /** Null once the server has the card and the rest is kept; else what was in the way. */
  savePractitioner(practitioner: Practitioner): Promise<Problem | null>;
  readonly consults: ReadonlySignal<readonly ConsultModel[]>;
  readonly current: ReadonlySignal<ConsultModel | null>;
  /** Some consults have their door on another device of the practitioner's. */
  readonly away: ReadonlySignal<boolean>;
  /** They have it here from now on. */
  takeHere(): Promise<void>;
  select(id: string | null): void;
  /** Over all consults, longest wait first. */
  readonly waiting: ReadonlySignal<readonly WaitingGuest[]>;
  readonly media: MediaModel;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly notifications: ReadonlySignal<"ask" | "on" | "off">;
  askNotifications(): Promise<void>;
  readonly sound: ReadonlySignal<boolean>;
  setSound(on: boolean): void;
  /** `twice`: for good, each document has a second signature. */
  enrol(code: string, practitioner: Practitioner, twice: boolean): Promise<void>;
  newConsult(label: string): Promise<ConsultModel>;
  forget(id: string): Promise<void>;
  readonly lock: LockModel;
}
