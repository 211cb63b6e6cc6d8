/**
 * Everything that a person keeps, as a folder that opens without us: documents as plain files, an index
 * to read, and beside each document what proves who wrote it (docs/sealed-formats.md, Keeping).
 */
import * as v from "valibot";
import { jsonBytes, utf8 } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { b64uOf, readForm, time, wholeTextOf } from "../../sealing/forms.ts";
import { type Authorship, checkKept, type Proof } from "../../sealing/kept.ts";
import { inert } from "../inert.ts";
import { fileName } from "../prescription/parts.ts";
import type { Kept } from "./stored.ts";
import { type Folder, readZip, writeZip } from "./zip.ts";

const LIST = "aparte.json";
const PROOF = ["statement", "receipt", "record", "server", "registrar"] as const;

const FORM = v.object({
  v: v.literal(1),
  documents: v.array(
    v.object({
      folder: wholeTextOf(200),
      document: b64uOf(16),
      at: time,
      parts: v.pipe(v.array(wholeTextOf(200)), v.minLength(1), v.maxLength(16)),
    }),
  ),
});

/** A document on its way out or in. */
export interface Packed extends Kept {
  readonly document: string;
  readonly at: string;
  readonly authorship: Authorship;
}

/** What the index says, in the language shown. */
export interface Words {
  readonly language: string;
  readonly title: string;
  readonly lead: string;
  readonly prescription: string;
  readonly report: string;
  readonly file: string;
  /** How authorship is checked by whoever has the program. */
  readonly check: string;
  signed(name: string, day: string): string;
  /** Of a document with a second signature. */
  readonly twice: string;
  attested(registrar: string): string;
  readonly notAttested: string;
}

/** The whole folder as one file. */
export function writeArchive(documents: readonly Packed[], words: Words): Uint8Array {
  const folder = new Map<string, Uint8Array>();
  const listed = documents.map((one, index) => {
    const { kind, issued, parts } = one.authorship.statement;
    const number = `${index + 1}`.padStart(3, "0");
    const where = `documents/${number}-${issued.slice(0, 10)}-${kind}`;
    const names = parts.map(({ name }, part) => `${part + 1}-${fileName(name)}`);
    for (const [part, name] of names.entries()) {
      folder.set(`${where}/${name}`, one.parts[part] ?? new Uint8Array());
    }
    for (const what of PROOF) folder.set(`${where}/proof/${what}`, one.proof[what]);
    return { folder: where, document: one.document, at: one.at, parts: names };
  });
  folder.set(LIST, jsonBytes({ v: 1, documents: listed }));
  const entries = listed.map(({ folder: where, parts }, index) => {
    const found = documents[index];
    return found ? entry(found, where, parts, words) : "";
  });
  folder.set("index.html", utf8(page(entries, words)));
  return writeZip(folder);
}

/**
 * What somebody brings along, checked. Refuses with `bad_form` what is no such folder, and as `checkKept`
 * does where one document does not hold: nothing is taken then.
 */
export async function readArchive(bytes: Uint8Array): Promise<readonly Packed[]> {
  const folder = withoutRoot(readZip(bytes));
  const list = folder.get(LIST);
  require(list !== undefined, "bad_form", "no list of documents");
  const packed = readForm(FORM, list, "bad_form").documents.map(
    async ({ folder: where, document, at, parts }) => {
      const named = (name: string): Uint8Array => {
        const found = folder.get(`${where}/${name}`);
        if (!found) throw new SealError("bad_form", "a file is missing");
        return found;
      };
      const [statement, receipt, record, server, registrar] = PROOF.map((what) =>
        named(`proof/${what}`),
      );
      const whole = !!statement && !!receipt && !!record && !!server && !!registrar;
      require(whole, "bad_form", "a proof is missing");
      const proof: Proof = { statement, receipt, record, server, registrar };
      const held = parts.map(named);
      return { document, at, proof, parts: held, authorship: await checkKept(proof, held) };
    },
  );
  return await Promise.all(packed);
}

/** Whoever packs a folder anew often packs it with its own name. */
function withoutRoot(folder: Folder): Folder {
  const [list] = [...folder.keys()].filter((path) => path.endsWith(`/${LIST}`));
  if (folder.has(LIST) || !list) return folder;
  const root = list.slice(0, -LIST.length);
  return new Map(
    [...folder].flatMap(([path, bytes]) =>
      path.startsWith(root) ? [[path.slice(root.length), bytes]] : [],
    ),
  );
}

const escaped = (text: string): string =>
  inert(text, 400).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

function title(kind: string, { prescription, report, file }: Words): string {
  return kind === "prescription" ? prescription : kind === "report" ? report : file;
}

function entry(
  { authorship }: Packed,
  where: string,
  parts: readonly string[],
  words: Words,
): string {
  const { statement, card, attestation, twice } = authorship;
  const name = card?.name ?? statement.author.name;
  const by = attestation ? words.attested(attestation.registrar) : words.notAttested;
  const links = parts.map((part) => {
    const address = `${where}/${part}`.split("/").map(encodeURIComponent).join("/");
    return `<li><a href="${escaped(address)}">${escaped(part)}</a></li>`;
  });
  return [
    "<section>",
    `<h2>${escaped(title(statement.kind, words))}</h2>`,
    `<p>${escaped(words.signed(name, statement.issued.slice(0, 10)))}</p>`,
    // What nobody could be asked about holds for no card: neither signature is its author's.
    ...(card && twice ? [`<p>${escaped(words.twice)}</p>`] : []),
    `<p>${escaped(by)}</p>`,
    `<ul>${links.join("")}</ul>`,
    "</section>",
  ].join("\n");
}

const page = (entries: readonly string[], words: Words): string => `<!doctype html>
<html lang="${escaped(words.language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(words.title)}</title>
<style>
:root { color-scheme: light dark }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.5 system-ui, sans-serif }
section { border-top: 1px solid; padding-block: .5rem }
</style>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.lead)}</p>
${entries.join("\n")}
<hr>
<p>${escaped(words.check)}</p>
</html>
`;
