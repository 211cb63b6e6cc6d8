/** Signs what is handed over, and makes sealed links to it. Large: imported late. */
import { sealFile } from "../../sealing/agefile.ts";
import { signStatement, statementHash } from "../../sealing/authored.ts";
import { b64u } from "../../sealing/encoding.ts";
import { type Outside, writeHanded } from "../../sealing/handed.ts";
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
import { type Statement, writeStatement } from "../../sealing/statement.ts";
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
import type { LinkKeys } from "./outgoing-record.ts";
import type { LinkRecord } from "./store.ts";
import type { Ends, LinkDocument } from "./written.ts";

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

interface Needs {
  readonly api: Api;
  readonly clock: Platform["clock"];
  readonly random: Random;
}

/**
 * Makes the sealed link that these keys say, to parts that lie elsewhere; again, after a lost answer,
 * changes nothing. Rejects as `Api.request` does.
 */
export async function makeLink(
  needs: Pick<Needs, "api" | "random">,
  proof: Proof,
  outside: Outside,
  { voucher, ...keys }: LinkKeys,
  openings: number,
): Promise<void> {
  await store(needs, await sealedFor(keys, proof, outside), { ...keys, voucher }, openings);
}

const DAY = 24 * 3600;

/**
 * Makes a sealed link that holds what was written here. Rejects as `Api.request` does, with
 * `quota_exceeded` where the practice has stored enough.
 */
export async function handDocument(
  needs: Needs,
  sender: Sender,
  { name, parts: given, ...document }: LinkDocument,
  { days, openings }: Ends,
): Promise<LinkRecord> {
  const { api, clock, random } = needs;
  const now = Math.floor(clock.now() / 1000);
  const parts = given.map(({ name, media, bytes }) => {
    return { name, media, length: bytes.length, tree: treeHash(bytes) };
  });
  const proof = await signed(needs, sender, { ...document, parts });
  const keys = { secret: random(32), code: drawCode(random), owner: random(32) };
  const contents = given.map(({ bytes }) => bytes);
  const sealed = await sealedFor(keys, proof, contents);
  const expires = now + days * DAY;
  const { device } = sender;
  const [paid] = await registerVouchers({ api, random, device }, [sealed.length], expires);
  if (!paid) throw new Error("a voucher is made for each size");
  await store(needs, sealed, { ...keys, voucher: paid.voucher }, openings);
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  const to = document.subject?.name ?? "";
  const times = { created: now * 1000, expires: expires * 1000 };
  return { ...keys, name, size, to, ...times, openings };
}

async function sealedFor(
  { secret, code }: Pick<LinkKeys, "secret" | "code">,
  proof: Proof,
  content: Outside | readonly Uint8Array[],
): Promise<Uint8Array> {
  const seed = linkKey(secret, await stretchBytes(code, stretchingOf(secret)));
  return await sealFile(writeHanded(proof, content), kemPublic(seed));
}

async function store(
  { api, random }: Pick<Needs, "api" | "random">,
  sealed: Uint8Array,
  { secret, owner, voucher }: LinkKeys,
  openings: number,
): Promise<void> {
  const where = { id: placeOfLink(secret), read: readSeedOfLink(secret) };
  await storeAsIs({ api, random, signer: seedSigner(owner), voucher, openings, ...where }, sealed);
}

/** What shows who wrote a document. Rejects as `Api.request` does. */
export async function signed(
  { api, clock, random }: Needs,
  { device, certificate, second, papers }: Sender,
  document: Pick<Statement, "kind" | "author" | "subject" | "parts">,
): Promise<Proof> {
  const issued = timeOf(Math.floor(clock.now() / 1000) * 1000);
  const said = { ...document, issued, random: random(32) };
  const signer = { signer: device, certificate, second };
  const statement = await signStatement(writeStatement(said), signer);
  const receipt = await api.post("/v1/receipts", device, { hash: b64u(statementHash(statement)) });
  const { record, server, registrar } = papers;
  return { statement, receipt, record, server, registrar: registrar ?? EMPTY };
}
