/** One frame, ready to be drawn, and what was said of it. */
import type { Origin } from "./dicom/origin.ts";

/** How stored values become what is seen: PS3.3 C.11.2. */
export interface Window {
  readonly center: number;
  readonly width: number;
}

/** How far apart pixels are, in millimetres: rows, then columns. `detector`: before what is pictured. */
export interface Spacing {
  readonly row: number;
  readonly column: number;
  readonly detector: boolean;
}

export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** What the file says, by the key of its name in the texts. */
export interface Fact {
  readonly key: FactKey;
  readonly value: string;
}

export type FactKey =
  | "patient"
  | "patientId"
  | "birth"
  | "sex"
  | "study"
  | "studyDate"
  | "studyTime"
  | "series"
  | "modality"
  | "bodyPart"
  | "laterality"
  | "institution"
  | "referring"
  | "manufacturer"
  | "device"
  | "thickness"
  | "position"
  | "view"
  | "lossy"
  | "voltage"
  | "current"
  | "contrast"
  | "number";

/** Letters of PS3.3 C.7.6.1.1.1: left, right, anterior, posterior, head, feet; several where it is oblique. */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** One value a pixel; or red, green, blue and opacity. */
  readonly content:
    | { readonly color: false; readonly samples: Samples; readonly inverted: boolean }
    | { readonly color: true; readonly pixels: Uint8ClampedArray<ArrayBuffer> };
  /** Values are `slope` times what is stored, and `intercept` more. */
  readonly slope: number;
  readonly intercept: number;
  /** Smallest and largest stored value. */
  readonly range: readonly [number, number];
  /** Those of the file, the first being its own choice. */
  readonly windows: readonly Window[];
  readonly spacing: Spacing | null;
  /** Height of a pixel by its width. */
  readonly aspect: number;
  /** A table of values that was not applied: grey is not as its author meant it. */
  readonly approximate: boolean;
  /** Where its edges lie in the body: null where it does not say. */
  readonly edges: Edges | null;
  /** Of values: `HU` for computed tomography. */
  readonly unit: string;
  readonly facts: readonly Fact[];
  readonly origin: Origin;
}

export const bytesOf = ({ content }: Picture): number =>
  content.color ? content.pixels.byteLength : content.samples.byteLength;
