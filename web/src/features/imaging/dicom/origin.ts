/** What a file says it is, and of whom: what whoever refers to it repeats (PS3.3 C.7.1.1, C.7.2.1). */
import type { DataSet } from "dicom-parser";
import { textOf } from "./text.ts";

/** Texts as the file has them, empty where it has none. */
export interface Origin {
  readonly patient: string;
  readonly patientId: string;
  readonly birth: string;
  readonly sex: string;
  /** UIDs. */
  readonly study: string;
  readonly series: string;
  readonly sopClass: string;
  readonly instance: string;
  readonly studyDate: string;
  readonly studyTime: string;
  readonly studyId: string;
  readonly accession: string;
  readonly referring: string;
}

export function originOf(tags: DataSet): Origin {
  const said = (tag: string): string => textOf(tags, tag);
  return {
    patient: said("x00100010"),
    patientId: said("x00100020"),
    birth: said("x00100030"),
    sex: said("x00100040"),
    study: said("x0020000d"),
    series: said("x0020000e"),
    sopClass: said("x00080016"),
    instance: said("x00080018"),
    studyDate: said("x00080020"),
    studyTime: said("x00080030"),
    studyId: said("x00200010"),
    accession: said("x00080050"),
    referring: said("x00080090"),
  };
}
