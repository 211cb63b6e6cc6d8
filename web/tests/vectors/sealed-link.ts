/** Runs the cases of sealed_link.json. */
import { openFile } from "../../src/sealing/agefile.ts";
import { b64u, fromB64u, same } from "../../src/sealing/encoding.ts";
import { streamedMembers } from "../../src/sealing/forms.ts";
import { isOutside, readHanded, writeHanded } from "../../src/sealing/handed.ts";
import {
  linkKey,
  linkWords,
  parseSealedLink,
  placeOfLink,
  readerOfLink,
  readLinkWords,
  stretchingOf,
} from "../../src/sealing/sealed-link.ts";
import { stretchBytes } from "../../src/sealing/stretch.ts";
import type { Case } from "./case.ts";
import { LISTS, toldOfWords } from "./words.ts";

const bytes = (text: string): Uint8Array => fromB64u(text);

/** What a case gives. Refuses with a SealError as the readers do. */
export async function runSealedLink(one: Case): Promise<unknown> {
  if (one.what === "fragment") return runFragment(one);
  if (one.what === "words") return runWords(one);
  if (one.what === "handed") return runHanded(one, bytes(one.handed));
  const secret = bytes(one.secret);
  const seed = linkKey(secret, await stretchBytes(bytes(one.code), stretchingOf(secret)));
  const plain = await openFile(bytes(one.file), seed);
  return { ...(await runHanded(one, plain)), seed: b64u(seed) };
}

function runFragment(one: Case) {
  const secret = parseSealedLink(one.fragment);
  const reader = b64u(readerOfLink(secret).publicKey);
  return { secret: b64u(secret), place: b64u(placeOfLink(secret)), reader };
}

function runWords(one: Case) {
  const secret = bytes(one.secret);
  const code = toldOfWords(one, () => readLinkWords(secret, one.text, Object.values(LISTS)));
  const list = LISTS[one.language as keyof typeof LISTS];
  const differs = list && linkWords(secret, code, list).join(" ") !== one.text;
  if (differs) throw new Error("the words differ");
  return { code: b64u(code) };
}

async function runHanded(one: Case, raw: Uint8Array) {
  const keys = { server: bytes(one.server), registrar: bytes(one.registrar) };
  const { proof, content, authorship } = await readHanded(raw, keys);
  const again = writeHanded(proof, content);
  const same_ = same(again.subarray(0, raw.length), raw);
  if (!same_) throw new Error("what is handed over differs");
  const { attestation, certificate, key } = authorship;
  const said = {
    attested: attestation !== null,
    ...(certificate ? {} : { stranger: b64u(key) }),
  };
  if (!isOutside(content)) return { ...said, parts: content.map(b64u) };
  return { ...said, key: b64u(content.key), outside: content.parts.map(streamedMembers) };
}
