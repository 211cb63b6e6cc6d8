/** The blob of a kept document: sealed under a key of its own, owned by a key of its own. */
import { b64u } from "../../sealing/encoding.ts";
import {
  type Authorship,
  checkKept,
  type Proof,
  readKeptDocument,
  writeKept,
} from "../../sealing/kept.ts";
import { type Random, seedSigner } from "../../sealing/keys.ts";
import { openPart, sealPart } from "../../sealing/parts.ts";
import type { OpenedDocument } from "../consult/call.ts";
import type { Api } from "../rooms/api.ts";
import { deleteBlob, fetchBlob, storeBlob } from "../rooms/blobs.ts";
import type { Data } from "./records.ts";

type Stored = Data<"document">;

/** A document with all that shows who wrote it. */
export interface Kept {
  readonly proof: Proof;
  readonly parts: readonly Uint8Array[];
}

/** Seals it; `bytes` is what goes up, and what has to be paid for once it is padded. */
export async function sealKept({ proof, parts }: Kept, random: Random) {
  const plain = writeKept(proof, parts);
  const key = random(32);
  const { bytes, hash, tree } = await sealPart(plain, key);
  return { bytes, hash, tree, key, size: plain.length };
}

/** Puts it up. Rejects as `Api.request` does. */
export async function storeKept(
  api: Api,
  random: Random,
  sealed: Awaited<ReturnType<typeof sealKept>>,
  voucher: Uint8Array,
): Promise<Omit<Stored, "document" | "at" | "kind" | "name" | "ticket">> {
  const { bytes, hash, tree, key, size } = sealed;
  const owner = random(32);
  const where = await storeBlob({ api, random, signer: seedSigner(owner), voucher }, bytes);
  return { ...where, hash, owner, key, tree, size };
}

/** Fetches and checks it. Refuses with a SealError; rejects as `Api.request` does. */
export async function fetchKept(
  api: Api,
  stored: Stored,
): Promise<Kept & { readonly authorship: Authorship }> {
  const signed = { length: stored.size, tree: stored.tree };
  const plain = await openPart(await fetchBlob(api, stored), stored.key, stored, signed);
  const { proof, parts } = readKeptDocument(plain);
  return { proof, parts, authorship: await checkKept(proof, parts) };
}

export const deleteKept = (api: Api, { blob, owner }: Stored): Promise<void> =>
  deleteBlob(api, seedSigner(owner), blob);

/** As its reader is shown it. */
export function openedOf(
  { statement, card, twice }: Authorship,
  parts: readonly Uint8Array[],
): OpenedDocument {
  const { kind, issued, author, subject } = statement;
  const named = statement.parts.map(({ name, media }, index) => ({
    name,
    media,
    bytes: parts[index] ?? new Uint8Array(),
  }));
  return {
    kind,
    issued,
    author,
    subject: subject ?? null,
    parts: named,
    twice: card !== null && twice,
  };
}

/** What tells a document from another: the hash of its statement. */
export const sameDocument = (one: Proof, other: Proof): boolean =>
  b64u(one.statement) === b64u(other.statement);
