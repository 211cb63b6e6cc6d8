/** What is handed over by a link: a document with all that shows who wrote it (Sealed links). */
import * as v from "valibot";
import {
  allFields,
  b64u,
  concat,
  fields,
  jsonBytes,
  readU32,
  requireHead,
  requireZeros,
  SUITE,
  same,
  u8,
  u32,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { bytesOf, readForm, type StreamedPart, streamedMembers, streamedPart } from "./forms.ts";
import { EMPTY } from "./kdf.ts";
import { type Authorship, checkAuthor, type Proof, requireParts } from "./kept.ts";
import { padme } from "./padme.ts";
import { requireVersion } from "./version.ts";

const HANDED_KIND = 16;
const HEAD_BYTES = 2;
const LENGTH_BYTES = 4;

const OUTSIDE = v.object({
  v: v.literal(1),
  key: bytesOf(32),
  parts: v.pipe(v.array(streamedPart), v.minLength(1), v.maxLength(16)),
});

/** Parts that lie in blobs of their own, all of them; `key` is the document key's seed. */
export interface Outside {
  readonly key: Uint8Array;
  readonly parts: readonly StreamedPart[];
}

export interface Handed {
  readonly proof: Proof;
  readonly authorship: Authorship;
  /** The parts themselves, or where they are. */
  readonly content: readonly Uint8Array[] | Outside;
}

export const isOutside = (content: Handed["content"]): content is Outside => "key" in content;

/** The plaintext of the blob. */
export function writeHanded(proof: Proof, content: Handed["content"]): Uint8Array {
  const { statement, receipt, record, server, registrar } = proof;
  const [outside, parts] = isOutside(content) ? [writeOutside(content), []] : [EMPTY, content];
  const beside = fields(statement, receipt, record, server, registrar, outside);
  const raw = concat(u8(SUITE), u8(HANDED_KIND), u32(beside.length), beside, ...parts);
  const filled = new Uint8Array(padme(raw.length));
  filled.set(raw);
  return filled;
}

const writeOutside = ({ key, parts }: Outside): Uint8Array =>
  jsonBytes({ v: 1, key: b64u(key), parts: parts.map(streamedMembers) });

/**
 * Takes it apart, and checks who wrote it. `keys` are those of the server where it lay: whoever sealed
 * it chose those that it brings. Of parts that are elsewhere only the number is checked here. Refuses
 * with `bad_suite`, `bad_form`, `wrong_host` for another server's papers, `wrong_registrar`, and as
 * `checkAuthor` and `requireParts` do.
 */
export async function readHanded(
  raw: Uint8Array,
  keys: { readonly server: Uint8Array; readonly registrar?: Uint8Array },
): Promise<Handed> {
  requireHead(raw, HANDED_KIND);
  require(raw.length >= HEAD_BYTES + LENGTH_BYTES, "bad_form", "a length is cut off");
  const begin = HEAD_BYTES + LENGTH_BYTES;
  const end = begin + readU32(raw, HEAD_BYTES);
  require(end <= raw.length, "bad_form", "a length points past the end");
  const { proof, outside } = readPapers(raw.slice(begin, end));
  require(same(proof.server, keys.server), "wrong_host", "another server's papers");
  const attested = proof.registrar.length > 0;
  const theirs = keys.registrar !== undefined && same(proof.registrar, keys.registrar);
  require(!attested || theirs, "wrong_registrar");
  const authorship = await checkAuthor(proof, "strangers");
  const known = !authorship.certificate || authorship.card !== null;
  require(known, "bad_form", "nothing says who wrote it");
  const { statement } = authorship;
  if (outside.length > 0) {
    requireZeros(raw.subarray(end));
    const content = readOutside(outside);
    require(content.parts.length === statement.parts.length, "wrong_statement");
    return { proof, content, authorship };
  }
  const content = partsOf(raw.subarray(end), statement.parts);
  requireParts(statement, content);
  return { proof, content, authorship };
}

function readPapers(beside: Uint8Array): { readonly proof: Proof; readonly outside: Uint8Array } {
  const [statement, receipt, record, server, registrar, outside, ...more] = allFields(beside);
  const papers = !!statement && !!receipt && !!record && !!server && !!registrar;
  require(papers && !!outside && !more.length, "bad_form", "other than six fields");
  return { proof: { statement, receipt, record, server, registrar }, outside };
}

function readOutside(raw: Uint8Array): Outside {
  requireVersion(raw);
  const { key, parts } = readForm(OUTSIDE, raw, "bad_form");
  return { key, parts };
}

function partsOf(
  rest: Uint8Array,
  described: readonly { readonly length: number }[],
): readonly Uint8Array[] {
  let at = 0;
  const parts = described.map(({ length }) => {
    require(length <= rest.length - at, "altered", "a part is cut off");
    const part = rest.slice(at, at + length);
    at += length;
    return part;
  });
  requireZeros(rest.subarray(at));
  return parts;
}
