/** What both kinds of files of marks begin with (PS3.3 C.7). */
import type { Origin } from "../dicom/origin.ts";
import type { Tags } from "../dicom/writing.ts";
import { MANUFACTURER } from "./classes.ts";
import type { Seen } from "./model.ts";

/** A file of marks to be; `by` may be empty. */
export interface Writing {
  readonly by: string;
  readonly at: Date;
  /** A fresh one each time. */
  readonly uid: () => string;
}

/** A name, or what somebody wrote as theirs, as the first component of one (PS3.5 6.2). */
export const personName = (text: string): string =>
  [...text.replace(/[\\^=]/g, " ").trim()].slice(0, 64).join("");

/** `20260302`, `093000` and `+0100`: as the clock on the wall says. */
export function momentOf(at: Date): {
  readonly date: string;
  readonly time: string;
  readonly zone: string;
} {
  const minutes = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + minutes * 60_000).toISOString();
  const [date = "", time = ""] = local.replace(/[-:]/g, "").split(/[T.]/);
  const away = Math.abs(minutes);
  const digits = `${Math.floor(away / 60)}`.padStart(2, "0") + `${away % 60}`.padStart(2, "0");
  return { date, time, zone: `${minutes < 0 ? "-" : "+"}${digits}` };
}

/** Patient and study are the picture's own. */
export const headTags = (
  { patient, patientId, birth, sex, study, ...origin }: Origin,
  modality: "PR" | "KO",
  { uid, at }: Writing,
): Tags => ({
  "00080005": ["CS", "ISO_IR 192"],
  "00080020": ["DA", origin.studyDate],
  "00080030": ["TM", origin.studyTime],
  "00080050": ["SH", origin.accession],
  "00080060": ["CS", modality],
  "00080070": ["LO", MANUFACTURER],
  "00080090": ["PN", origin.referring],
  "00080201": ["SH", momentOf(at).zone],
  "00100010": ["PN", patient],
  "00100020": ["LO", patientId],
  "00100030": ["DA", birth],
  "00100040": ["CS", sex],
  "0020000D": ["UI", study],
  "0020000E": ["UI", uid()],
  "00200010": ["SH", origin.studyId],
  "00200013": ["IS", 1],
});

/** A picture as it is referred to (PS3.3 10.3); of a file of one frame without its number. */
export const reference = ({ origin, frame, frames }: Seen): Tags => ({
  "00081150": ["UI", origin.sopClass],
  "00081155": ["UI", origin.instance],
  ...(frames > 1 ? { "00081160": ["IS", frame + 1] as const } : {}),
});
