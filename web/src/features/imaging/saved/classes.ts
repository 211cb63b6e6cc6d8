/** What the files are called that hold marks, and how much is read and written of them (PS3.6 A). */

/** Grayscale Softcopy Presentation State: what is drawn (PS3.3 A.33.1). */
export const PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.1";
/** Key Object Selection Document (PS3.3 A.35.4). */
export const SELECTION = "1.2.840.10008.5.1.4.1.1.88.59";

/** Also those that others write: of colour, of several images as one, blended. */
const PRESENTATIONS = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.11\.([1-9]|1[0-2])$/;
export const isPresentation = (sopClass: string): boolean => PRESENTATIONS.test(sopClass);
/** Whether it is a file of marks, which no list of images shows. */
export const isOfMarks = (sopClass: string): boolean =>
  sopClass === SELECTION || isPresentation(sopClass);

/** Says which files are ours. */
export const MANUFACTURER = "Aparté";
/** Texts of ours that say nothing that is not measured again. */
export const OWN_MEASURE = /^\d+\.\d(°| px| mm( at detector)?)$/;

/** Files of marks that are read of a study, and bytes of each. */
export const [MOST_FILES, MOST_BYTES] = [256, 1024 * 1024];
/** Marks that are read of a file, pictures that it chooses, and points of a line. */
export const [MOST_DRAWN, MOST_CHOSEN, MOST_POINTS] = [2_000, 500, 512];
/** Pictures that one mark may be on, and those of all marks of a file together. */
export const [MOST_ON, MOST_PLACES] = [500, 20_000];

export const UID = /^(?=.{1,64}$)(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/;
