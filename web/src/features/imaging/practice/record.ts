/** What a practice's devices keep of marks that lie sealed at the server. */
import { b64u } from "../../../sealing/encoding.ts";
import { marksPlaceOf } from "../../../sealing/practice-marks.ts";

export interface MarksRecord {
  readonly secret: Uint8Array;
  /** The seed of what takes it back. */
  readonly owner: Uint8Array;
  /** The study's UID. */
  readonly study: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Of the sealed bytes. */
  readonly length: number;
}

/** By which a page names it: says nothing of the secret. */
export const marksId = ({ secret }: Pick<MarksRecord, "secret">): string =>
  b64u(marksPlaceOf(secret).place);
