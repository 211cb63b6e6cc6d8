/** Who signs what is printed and sent, and how it looks. */

/** A practitioner as the law names them on what they sign, all as stated by themselves. */
export interface Signer {
  readonly name: string;
  readonly profession: string;
  readonly speciality: string;
  /** Eleven digits, the last one a check digit. */
  readonly rpps: string;
  /** Professional address, one or more lines, naming France. */
  readonly address: string;
  /** `+33 1 23 45 67 89`. */
  readonly phone: string;
  readonly email: string;
}

/** A signature as drawn (strokes in a box `width` by `height`), or typed by who cannot draw. */
export type Signature =
  | {
      readonly kind: "drawn";
      readonly width: number;
      readonly height: number;
      readonly strokes: readonly (readonly { readonly x: number; readonly y: number }[])[];
    }
  | { readonly kind: "typed"; readonly text: string };
