/** What a patient's page knows of the doctor. */
import type { PractitionerRecord } from "../../sealing/record.ts";

export interface Standing {
  /** Null where the server has not shown any papers. */
  readonly record: Pick<PractitionerRecord, "card" | "attestation" | "confirmed"> | null;
  /** Whether the server could be asked, lately, if the doctor's device was withdrawn. */
  readonly checked: "fresh" | "stale" | "unknown";
}
