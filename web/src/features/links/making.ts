/** Makes a sealed link: signs, seals and uploads. Large: imported late. */
import { sealFile } from "../../sealing/agefile.ts";
import { signStatement, statementHash } from "../../sealing/authored.ts";
import { b64u } from "../../sealing/encoding.ts";
import { writeHanded } from "../../sealing/handed.ts";
import { EMPTY } from "../../sealing/kdf.ts";
import type { Proof } from "../../sealing/kept.ts";
import { seedSigner } from "../../sealing/keys.ts";
import {
  drawCode,
  linkKey,
  placeOfLink,
  readSeedOfLink,
  stretchingOf,
} from "../../sealing/sealed-link.ts";
import type { SecondDevice } from "../../sealing/second.ts";
import { writeStatement } from "../../sealing/statement.ts";
import { stretchBytes } from "../../sealing/stretch.ts";
import { treeHash } from "../../sealing/tree.ts";
import { kemPublic } from "../../sealing/xwing.ts";
import type { OpenedDocument } from "../consult/call.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Platform, Random } from "../ports.ts";
import type { KeptRecord } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import { storeAsIs } from "../rooms/blobs.ts";
import { registerVouchers } from "../rooms/vouchers.ts";
import type { LinkDocument } from "./file.ts";
import type { LinkRecord } from "./store.ts";

export interface Sender {
  readonly device: {
    readonly publicKey: Uint8Array;
    sign(message: Uint8Array): Promise<Uint8Array>;
  };
  readonly certificate: Uint8Array;
  readonly second: SecondDevice | undefined;
  readonly author: OpenedDocument["author"];
  /** Their papers of today. */
  readonly papers: KeptRecord;
}

/** How long it lasts, in days, and how often it may be opened. */
export interface Ends {
  readonly days: number;
  readonly openings: number;
}

interface Needs {
  readonly api: Api;
  readonly clock: Platform["clock"];
  readonly random: Random;
}

const DAY = 24 * 3600;

/** Rejects as `Api.request` does, with `quota_exceeded` where the practice has stored enough. */
export async function makeLink(
  { api, clock, random }: Needs,
  sender: Sender,
  document: LinkDocument,
  { days, openings }: Ends,
): Promise<LinkRecord> {
  const { device } = sender;
  const now = Math.floor(clock.now() / 1000);
  const proof = await signed({ api, clock, random }, sender, document);
  const [secret, code, owner] = [random(32), drawCode(random), random(32)];
  const seed = linkKey(secret, await stretchBytes(code, stretchingOf(secret)));
  const contents = document.parts.map(({ bytes }) => bytes);
  const sealed = await sealFile(writeHanded(proof, contents), kemPublic(seed));
  const expires = now + days * DAY;
  const [paid] = await registerVouchers({ api, random, device }, [sealed.length], expires);
  if (!paid) throw new Error("a voucher is made for each size");
  const where = { id: placeOfLink(secret), read: readSeedOfLink(secret) };
  const { voucher } = paid;
  await storeAsIs({ api, random, signer: seedSigner(owner), voucher, openings, ...where }, sealed);
  const times = { created: now * 1000, expires: expires * 1000 };
  return { secret, code, owner, name: document.name, ...times, openings };
}

/** What shows who wrote a document. Rejects as `Api.request` does. */
export async function signed(
  { api, clock, random }: Needs,
  { device, certificate, second, papers }: Sender,
  { kind, author, subject, parts: given }: Omit<LinkDocument, "name">,
): Promise<Proof> {
  const issued = timeOf(Math.floor(clock.now() / 1000) * 1000);
  const parts = given.map(({ name, media, bytes }) => {
    return { name, media, length: bytes.length, tree: treeHash(bytes) };
  });
  const said = { kind, issued, random: random(32), author, subject, parts };
  const signer = { signer: device, certificate, second };
  const statement = await signStatement(writeStatement(said), signer);
  const receipt = await api.post("/v1/receipts", device, { hash: b64u(statementHash(statement)) });
  const { record, server, registrar } = papers;
  return { statement, receipt, record, server, registrar: registrar ?? EMPTY };
}
