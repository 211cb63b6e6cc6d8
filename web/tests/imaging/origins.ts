/** What a picture says it is: nobody's. */
import type { Origin } from "../../src/features/imaging/dicom/origin.ts";

export const ORIGIN: Origin = {
  patient: "Exemple^Camille",
  patientId: "DEMO-1",
  birth: "19800229",
  sex: "F",
  study: "1.2.3",
  series: "1.2.3.4",
  sopClass: "1.2.840.10008.5.1.4.1.1.2",
  instance: "1.2.3.1",
  studyDate: "20260302",
  studyTime: "093000",
  studyId: "",
  accession: "",
  referring: "",
};
