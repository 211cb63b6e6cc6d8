/** What a file is, by how it begins: never by its name, nor by what its sender says of it. */

export type Kind = "jpeg" | "png" | "pdf";

/** Bytes that tell. */
export const TELLING = 8;

const BEGINNINGS: readonly (readonly [Kind, readonly number[]])[] = [
  ["pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["jpeg", [0xff, 0xd8, 0xff]],
  ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

/** Null for what is not shown. */
export const kindOf = (bytes: Uint8Array): Kind | null =>
  BEGINNINGS.find(([, begins]) => begins.every((byte, at) => bytes[at] === byte))?.[0] ?? null;

/** Whether it may be one, by its name: what is offered, until its bytes are there. */
export const mayBeShown = (name: string): boolean => /\.(jpe?g|png|pdf)$/i.test(name);

/** The same of what several files are sent in. */
export const mayBeArchive = (name: string): boolean => /\.zip$/i.test(name);
