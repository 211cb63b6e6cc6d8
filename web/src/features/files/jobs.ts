/** Long work that a worker does for a page, and how the two speak of it. */
import { ProtocolError } from "../../protocol/errors.ts";
import type { Engine } from "../../sealing/engine.ts";
import { SealError } from "../../sealing/errors.ts";
import type { StreamedPart } from "../../sealing/forms.ts";
import type { Permit } from "../../sealing/permit.ts";
import type { Contents } from "../imaging/collecting.ts";
import type { Clock, Progress } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { type Chosen, type Source, SourceChanged } from "./source.ts";
import type { Described } from "./spans.ts";

/** What long work needs besides what it is about. */
export interface Long {
  readonly api: Api;
  readonly clock: Clock;
  readonly engine: Engine;
  told(progress: Progress): void;
}

/** Whom a link is for, where somebody said, and how often it may be opened. */
export interface Reader {
  readonly to: string;
  readonly openings: number;
}

export interface Said {
  /** Who sends it, as the reader will see it. */
  readonly name: string;
  /** One for each link; of a permit that says whose it is the first is the practice. */
  readonly readers: readonly Reader[];
}

/** What is kept of a sending that was begun: what all else is drawn from, and what it is of. */
export interface Begun extends Said {
  readonly seed: Uint8Array;
  readonly file: string;
  readonly length: number;
  /** Hash of names, sizes and times. */
  readonly stamp: Uint8Array;
}

/** A part that is to be fetched. */
export interface Wanted {
  readonly part: StreamedPart;
  /** The document key's seed. */
  readonly key: Uint8Array;
  readonly info: Described;
}

/** What is sealed and sent for somebody else to sign. All that is drawn for it: in 32 bytes each, the blob's id excepted (16). */
export interface Upload {
  /** Where its state rests, and the master that it rests under. */
  readonly scope: string;
  readonly rest: Uint8Array;
  /** The document key's seed. */
  readonly key: Uint8Array;
  readonly blob: Uint8Array;
  /** Seeds of who may read the blob, and of who owns it. */
  readonly read: Uint8Array;
  readonly owner: Uint8Array;
  readonly voucher: Uint8Array;
}

/** A part that is there, as its statement and its reader are told of it. */
export interface SentUp extends Pick<Source, "kind" | "name" | "media" | "length"> {
  readonly tree: Uint8Array;
  readonly part: StreamedPart;
}

/** What of them is sent: a study of their images, where there are any, or all files as they are. */
export type Taking = "study" | "files";

export type Job =
  /** Whether there are images among them. */
  | { readonly kind: "look"; readonly files: readonly Chosen[] }
  | {
      readonly kind: "send";
      readonly permit: Permit;
      readonly files: readonly Chosen[];
      readonly taking: Taking;
      readonly said: Said;
    }
  /** A study that is shown in a consult: no link is made of it. */
  | { readonly kind: "show"; readonly permit: Permit; readonly files: readonly Chosen[] }
  /** As a part of a statement that the page will sign. */
  | {
      readonly kind: "seal";
      readonly files: readonly Chosen[];
      readonly taking: Taking;
      readonly upload: Upload;
    }
  /** Into the scratch file of that name. */
  | ({ readonly kind: "fetch"; readonly into: string } & Wanted);

/** A study as it would be sent. */
export interface Looked {
  readonly name: string;
  readonly length: number;
  readonly contents: Contents;
}

/** What a job gives: what was sent; or the file, where the browser has no disk for pages. */
export interface Result {
  readonly looked?: Looked;
  readonly begun?: Begun;
  /** What a link to it would hold. */
  readonly handed?: Uint8Array;
  readonly sealed?: SentUp;
  readonly file?: Blob;
  /** Why it came to nothing. */
  readonly failed?: Failure;
}

export type Answer = { readonly progress: Progress } | { readonly done: Result };

/** A key of a problem's text; `loud`: something is not genuine. */
export interface Failure {
  readonly key: string;
  readonly loud: boolean;
}

export interface RunningJob {
  /** Never rejects. */
  readonly done: Promise<Result>;
  /** Ends the work where it is; `done` is then never settled. */
  stop(): void;
}

/** Has a worker do it. */
export type RunJob = (job: Job, told: (progress: Progress) => void) => RunningJob;

/** The disk of the browser has no room, or is none for pages and the file too large for memory. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
}

export function failureOf(error: unknown): Failure {
  if (error instanceof SealError) return { key: error.code, loud: true };
  if (error instanceof ProtocolError) return { key: error.code, loud: false };
  if (error instanceof SourceChanged) return { key: "file_changed", loud: false };
  if (nameOf(error) === HELD || nameOf(error) === "TakenOver") {
    return { key: "files_elsewhere", loud: false };
  }
  const room = error instanceof NoRoom || nameOf(error) === "QuotaExceededError";
  return { key: room ? "no_room" : "internal", loud: false };
}

/** What opening a scratch file fails with that another tab is writing. */
export const HELD = "NoModificationAllowedError";

export const nameOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "name" in error ? error.name : undefined;
