/** What a DICOM file says before its pixels (PS3.10, PS3.5). Nothing of it is trusted. */
import { type DataSet, parseDicom } from "dicom-parser";

/** A file is none that this page takes. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** `broken`: cut, endless, or of a form that no reader takes. */
  readonly why: Why;

  constructor(why: Why, detail?: string) {
    super(detail ?? why);
    this.why = why;
  }
}

export type Why =
  | "not_dicom"
  | "program"
  | "broken"
  | "unsupported"
  | "too_large"
  | "no_image"
  | "too_slow";

const PREAMBLE = 128;
const MAGIC = "DICM";
const PIXELS = "x7fe00010";
const DEFLATED = "1.2.840.10008.1.2.1.99";

/** How programs begin: in the 128 bytes that PS3.10 leaves free a DICOM file can be one as well. */
const PROGRAMS: readonly (readonly number[])[] = [
  [0x4d, 0x5a],
  [0x7f, 0x45, 0x4c, 0x46],
  [0xfe, 0xed, 0xfa],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x23, 0x21],
  [0x50, 0x4b],
  [0x25, 0x50, 0x44, 0x46],
];
const BLANKS: readonly number[] = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0xef, 0xbb, 0xbf];

/** Whether these first bytes are those of a DICOM file. Throws Refused with `program`. */
export function isDicom(bytes: Uint8Array): boolean {
  const magic = String.fromCharCode(...bytes.subarray(PREAMBLE, PREAMBLE + MAGIC.length));
  if (magic !== MAGIC) return false;
  // Browsers skip blanks, and the mark of an order of bytes, before a page.
  const first = bytes.findIndex((byte) => !BLANKS.includes(byte));
  const page = first < PREAMBLE && bytes[first] === 0x3c;
  if (page || PROGRAMS.some((begin) => begin.every((byte, at) => bytes[at] === byte))) {
    throw new Refused("program");
  }
  return true;
}

export interface Head {
  readonly tags: DataSet;
  readonly syntax: string;
  /** Where the pixels begin; null where there are none. */
  readonly pixels: {
    readonly at: number;
    /** Without a length: compressed pieces follow. */
    readonly open: boolean;
    /** Written as words of 16 bits. */
    readonly words: boolean;
  } | null;
}

/** Reads what `bytes` begin with; throws Refused, with `broken` also where they end too early. */
export function readHead(bytes: Uint8Array): Head {
  if (!isDicom(bytes)) throw new Refused("not_dicom");
  const tags = parsed(bytes);
  const syntax = tags.string("x00020010") ?? "";
  const found = tags.elements[PIXELS];
  const pixels = found && {
    at: found.dataOffset,
    open: found.hadUndefinedLength ?? false,
    words: found.vr === "OW",
  };
  return { tags, syntax, pixels: pixels ?? null };
}

function parsed(bytes: Uint8Array): DataSet {
  try {
    return parseDicom(bytes, { untilTag: PIXELS, inflater: refuseDeflated });
  } catch (error) {
    if (error instanceof Refused) throw error;
    // It throws texts, errors, and objects that hold either.
    const { exception } = error as { readonly exception?: unknown };
    if (exception instanceof Refused) throw exception;
    throw new Refused("broken", String(exception ?? error));
  }
}

function refuseDeflated(): never {
  throw new Refused("unsupported", DEFLATED);
}
