/** What is handed over by a sealed link: a document with all that shows who wrote it (Sealed links). */
import {
  allFields,
  concat,
  fields,
  readU32,
  requireHead,
  requireZeros,
  SUITE,
  same,
  u8,
  u32,
} from "./encoding.ts";
import { require } from "./errors.ts";
import { type Authorship, checkKept, type Proof } from "./kept.ts";
import { padme } from "./padme.ts";
import { readObject } from "./signed.ts";
import { readStatement } from "./statement.ts";

const HANDED_KIND = 16;
const HEAD_BYTES = 2;
const LENGTH_BYTES = 4;

export interface Handed {
  readonly proof: Proof;
  readonly parts: readonly Uint8Array[];
  readonly authorship: Authorship;
}

/** The plaintext of a sealed link's blob. */
export function writeHanded(proof: Proof, parts: readonly Uint8Array[]): Uint8Array {
  const { statement, receipt, record, server, registrar } = proof;
  const beside = fields(statement, receipt, record, server, registrar);
  const raw = concat(u8(SUITE), u8(HANDED_KIND), u32(beside.length), beside, ...parts);
  const filled = new Uint8Array(padme(raw.length));
  filled.set(raw);
  return filled;
}

/**
 * Takes it apart, and checks who wrote it. `keys` are those of the server where it lay: whoever sealed
 * it chose those that it brings. Refuses with `bad_suite`, `bad_form`, `wrong_host` for another
 * server's papers, `wrong_registrar`, and as `checkKept` does.
 */
export function readHanded(
  raw: Uint8Array,
  keys: { readonly server: Uint8Array; readonly registrar?: Uint8Array },
): Handed {
  requireHead(raw, HANDED_KIND);
  require(raw.length >= HEAD_BYTES + LENGTH_BYTES, "bad_form", "a length is cut off");
  const begin = HEAD_BYTES + LENGTH_BYTES;
  const end = begin + readU32(raw, HEAD_BYTES);
  require(end <= raw.length, "bad_form", "a length points past the end");
  const proof = readProof(raw.slice(begin, end));
  require(same(proof.server, keys.server), "wrong_host", "another server's papers");
  const attested = proof.registrar.length > 0;
  const theirs = keys.registrar !== undefined && same(proof.registrar, keys.registrar);
  require(!attested || theirs, "wrong_registrar");
  const { payload } = readObject("statement", proof.statement);
  const parts = partsOf(raw.subarray(end), readStatement(payload).parts);
  return { proof, parts, authorship: checkKept(proof, parts) };
}

function readProof(beside: Uint8Array): Proof {
  const [statement, receipt, record, server, registrar, ...more] = allFields(beside);
  const five = !!statement && !!receipt && !!record && !!server && !!registrar && !more.length;
  require(five, "bad_form", "other than five fields");
  require(record.length > 0, "bad_form", "nothing says who wrote it");
  return { statement, receipt, record, server, registrar };
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
