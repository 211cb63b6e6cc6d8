/** Parcels without a server: nothing is sealed, and everything opens. */
import type { Parcels } from "../../../src/features/consult/parcels.ts";

import { b64u } from "../../../src/sealing/encoding.ts";

export const AT = "2026-03-01T09:30:00Z";

export const parcels: Parcels = {
  sealPhoto: async () => {
    throw new Error("nothing is uploaded here");
  },
  openPhoto: async () => new Uint8Array(),
  sealDocument: async () => ({ statement: "AAAA", envelope: "AAAA" }),
  openDocument: async () => ({
    kind: "file",
    issued: AT,
    author: { name: "Ana" },
    subject: null,
    parts: [],
  }),
};

/** Sixteen bytes, as ids of messages and documents are. */
export const idOf = (n: number): string =>
  b64u(new Uint8Array(16).fill(n % 256, 0, 8).fill(n >> 8, 8));

export const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));
