/** Seals the marks of a study for the practice, and opens them again. Large: imported late. */
import { openFile, sealFile } from "../../../sealing/agefile.ts";
import { b64u, same } from "../../../sealing/encoding.ts";
import { require } from "../../../sealing/errors.ts";
import { isOutside, readHanded, writeHanded } from "../../../sealing/handed.ts";
import { seedSigner } from "../../../sealing/keys.ts";
import { marksPlaceOf } from "../../../sealing/practice-marks.ts";
import { treeHash } from "../../../sealing/tree.ts";
import { kemPublic } from "../../../sealing/xwing.ts";
import { inert } from "../../inert.ts";
import { type Sender, signed } from "../../links/making.ts";
import type { Platform, Random } from "../../ports.ts";
import { whoServes } from "../../practitioners/records.ts";
import type { Api } from "../../rooms/api.ts";
import { fetchBlob, storeAsIs } from "../../rooms/blobs.ts";
import { registerVouchers } from "../../rooms/vouchers.ts";
import { type FoundMarks, MOST_ZIP } from "./model.ts";
import { type MarksRecord, marksId } from "./record.ts";

interface Needs {
  readonly api: Api;
  readonly clock: Platform["clock"];
  readonly random: Random;
}

/** Seconds that its voucher is good for; it is renewed while the practice is there. */
const LASTS = 3 * 365 * 24 * 3600;
const FILE = { name: "marks.zip", media: "application/zip" };
/** More than the papers that stand beside a document, and what pads both. */
const BESIDE = 256 * 1024;

/** What is to be kept, and then stored. Rejects as `Api.request` does. */
export async function sealMarks(
  { api, clock, random }: Needs,
  sender: Sender,
  study: string,
  zip: Uint8Array,
): Promise<{ readonly record: MarksRecord; readonly store: () => Promise<void> }> {
  const proof = await signed({ api, clock, random }, sender, {
    kind: "imaging",
    author: sender.author,
    subject: null,
    parts: [{ ...FILE, length: zip.length, tree: treeHash(zip) }],
  });
  const [secret, owner] = [random(32), random(32)];
  const { place, readSeed, key } = marksPlaceOf(secret);
  const sealed = await sealFile(writeHanded(proof, [zip]), kemPublic(key));
  const store = async (): Promise<void> => {
    const expires = Math.floor(clock.now() / 1000) + LASTS;
    const by = { api, random, device: sender.device };
    const [paid] = await registerVouchers(by, [sealed.length], expires);
    if (!paid) throw new Error("a voucher is made for each size");
    const where = { id: place, read: readSeed, voucher: paid.voucher };
    await storeAsIs({ api, random, signer: seedSigner(owner), ...where }, sealed);
  };
  return { record: { secret, owner, study, created: clock.now(), length: sealed.length }, store };
}

/**
 * Rejects as `Api.request` does; refuses as `readHanded` does, with `wrong_host` what no device of this
 * practice has signed, and with `bad_form` what is no document of marks.
 */
export async function readMarksOf(
  api: Api,
  identity: Uint8Array,
  record: Pick<MarksRecord, "secret" | "length">,
): Promise<FoundMarks> {
  const { secret, length } = record;
  require(length <= MOST_ZIP + BESIDE, "too_long");
  const { place, readSeed, key } = marksPlaceOf(secret);
  const [sealed, { key: server, registrar }] = await Promise.all([
    fetchBlob(api, { blob: b64u(place), read: readSeed, length }),
    whoServes(api),
  ]);
  const keys = { server, ...(registrar ? { registrar } : {}) };
  const { content, authorship } = await readHanded(await openFile(sealed, key), keys);
  const { certificate, statement } = authorship;
  require(certificate !== null && same(certificate.identity, identity), "wrong_host");
  require(statement.kind === "imaging" && !isOutside(content), "bad_form");
  const [zip, ...more] = content;
  require(zip !== undefined && more.length === 0, "bad_form");
  return { id: marksId(record), by: inert(statement.author.name), zip };
}
