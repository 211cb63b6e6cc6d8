/** What the page of a study asks of the practice's desk, in another tab of the same browser, and its answers. */

/** `zip`: a document of marks, of the study with that UID. */
export type Question =
  | { readonly ask: "who" }
  | { readonly ask: "find"; readonly studies: readonly string[] }
  | { readonly ask: "save"; readonly study: string; readonly zip: Uint8Array }
  | { readonly ask: "erase"; readonly id: string };

/** Marks of the practice, checked: a device of its own has signed them. */
export interface FoundMarks {
  readonly id: string;
  /** As the statement says. */
  readonly by: string;
  readonly zip: Uint8Array;
}

export interface Answers {
  /** Null while the desk is locked. */
  readonly who: { readonly name: string } | null;
  /** `missing`: some that could not be had, or were refused. */
  readonly find: { readonly found: readonly FoundMarks[]; readonly missing: number };
  readonly save: FoundMarks;
  readonly erase: { readonly erased: true };
}

/** Bytes of a document, and how many of one study are shown. */
export const [MOST_ZIP, MOST_FOUND] = [4 * 1024 * 1024, 64];

export const LINE = "imaging marks";
