/** A report, a letter or a record as checked: what is signed. */
import type { Signer } from "../paper/model.ts";
import type { Kind, SectionKey } from "./kinds.ts";

export interface Section {
  /** Null: one of the author's own. */
  readonly key: SectionKey | null;
  /** That of the key, where there is one. */
  readonly title: string;
  /** One or more lines. */
  readonly text: string;
}

/** A consult as the author's device saw it, `YYYY-MM-DDTHH:MM:SSZ`. */
export interface Consult {
  readonly start: string;
  /** Null: it was not over. */
  readonly end: string | null;
}

export interface Report {
  /** UUID of the document. */
  readonly id: string;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly issued: string;
  /** The author's local date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly kind: Kind;
  readonly author: Signer;
  /** `birth` is `YYYY-MM-DD`, or empty where it was not said. */
  readonly patient: { readonly family: string; readonly given: string; readonly birth: string };
  /** To whom a letter is written, one or more lines; empty for the other kinds. */
  readonly recipient: string;
  readonly consult: Consult | null;
  /** None is empty. */
  readonly sections: readonly Section[];
}
