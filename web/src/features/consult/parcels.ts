/**
 * Photos and documents on their way through the blob store: sealed before they leave, checked
 * before they show.
 */

import type { Dispensing } from "../../sealing/dispensing.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import type { Mail } from "../../sealing/mail.ts";
import type { Message, OutgoingMessage } from "../../sealing/messages.ts";
import type { PractitionerRecord } from "../../sealing/record.ts";
import type { SecondDevice } from "../../sealing/second.ts";
import type { Api } from "../rooms/api.ts";
import type { CallModel, Dispensable, OpenedDocument, OpenedPart } from "./call.ts";

type Sent = Parameters<CallModel["sendDocument"]>;
type PhotoMessage = Extract<Message, { t: "photo" }>;
type DocumentMail = Extract<Mail, { t: "document" }>;

export interface Parcels {
  /** Seals and uploads the bytes of a JPEG; gives the members of its message. */
  sealPhoto(
    bytes: Uint8Array,
  ): Promise<Pick<Extract<OutgoingMessage, { t: "photo" }>, "part" | "key" | "tree" | "length">>;
  /** Refuses with a SealError what is not exactly what was sent. */
  openPhoto(message: PhotoMessage): Promise<Uint8Array>;
  sealDocument(
    kind: Sent[0],
    author: Sent[1],
    subject: Sent[2],
    parts: readonly OpenedPart[],
    issued: string,
    dispensable?: Dispensable,
  ): Promise<
    Pick<DocumentMail, "statement" | "envelope" | "receipt"> &
      Pick<OpenedDocument, "ticket"> & { readonly undo?: Undo | undefined }
  >;
  /** `mine`: it was sent from this side. Refuses with a SealError unless everything holds. */
  openDocument(mail: DocumentMail, mine: boolean): Promise<OpenedDocument>;
}

/** The papers of whom a device is, and the key of their server; nothing where nobody could be asked. */
export type Asked =
  | { readonly record: PractitionerRecord; readonly server: Uint8Array }
  | undefined;

/** Asks for the papers by which what a device signed is judged. */
export type Judge = () => Promise<Asked>;

/** Takes back what a ticket leads to, where what names it was not sent after all. Never rejects. */
export type Undo = () => Promise<void>;

/** A prescription that was signed, and all that makes its ticket. */
export interface Issuing {
  /** T, and the seed of what takes it back. */
  readonly ticket: Uint8Array;
  readonly owner: Uint8Array;
  readonly dispensing: Dispensing;
  readonly statement: Uint8Array;
  readonly receipt: Uint8Array;
  readonly parts: readonly Uint8Array[];
  /** Whom it is for, as the prescriber wrote it. */
  readonly patient: string;
}

export interface ParcelNeeds {
  readonly api: Api;
  readonly random: Random;
  readonly room: Uint8Array;
  /** Signs what is sent, and the uploads: a device key with its certificate, or a guest key. */
  readonly signer: Signer;
  readonly certificate?: Uint8Array;
  /** What a device signs documents with, too. Rejects where it has to, and has nothing. */
  second?(): Promise<SecondDevice | undefined>;
  /** What stands for each side in envelopes: an identity key, or a guest key. */
  readonly self: Uint8Array;
  readonly peer: Uint8Array;
  /** What pays for so many bytes of an upload, where the signer's own quota does not: a voucher. */
  pay?(bytes: number): Promise<Uint8Array>;
  /** Of a practice: makes what a prescription's ticket leads to. */
  issue?(issuing: Issuing): Promise<Undo>;
  /** By which a device is judged that signed; a desk has none. */
  readonly judge?: Judge;
}
