/** Seals, uploads, fetches and checks the parts of photos and documents. Large: imported late. */
import { LIMITS } from "../../protocol/limits.ts";
import {
  type Authored,
  readAuthored,
  signStatement,
  statementHash,
} from "../../sealing/authored.ts";
import { ticketHash } from "../../sealing/dispensing.ts";
import { b64u, fromB64u, same } from "../../sealing/encoding.ts";
import {
  type Envelope,
  readEnvelope,
  requireRecipient,
  requireStatement,
  writeEnvelope,
} from "../../sealing/envelope.ts";
import { require } from "../../sealing/errors.ts";
import type { SealedPart } from "../../sealing/forms.ts";
import { requireOwn } from "../../sealing/kept.ts";
import { type Random, seedSigner } from "../../sealing/keys.ts";
import { padme } from "../../sealing/padme.ts";
import { openPart, sealPart } from "../../sealing/parts.ts";
import { readObject, signObject } from "../../sealing/signed.ts";
import { type PartInfo, writeStatement } from "../../sealing/statement.ts";
import { fetchBlob, storeBlob } from "../rooms/blobs.ts";
import type { Dispensable, OpenedPart } from "./call.ts";
import type { Judge, ParcelNeeds, Parcels, Undo } from "./parcels.ts";

interface Uploaded {
  readonly sealed: SealedPart;
  /** Of the plaintext. */
  readonly tree: Uint8Array;
}

async function upload(needs: ParcelNeeds, plain: Uint8Array, key: Uint8Array): Promise<Uploaded> {
  const { api, random, room, signer, certificate, pay } = needs;
  const { bytes, hash: digest, tree } = await sealPart(plain, key);
  // A guest's uploads count against the room that admitted it.
  const owed = certificate ? {} : { room };
  const paid = pay ? { voucher: await pay(padme(bytes.length)) } : owed;
  const stored = await storeBlob({ api, random, signer, ...paid }, bytes);
  return { sealed: { ...stored, hash: digest }, tree };
}

/**
 * Gives a function that counts what is fetched, and refuses with `too_long` what is too much: a few
 * lines of somebody else's can name one blob a thousand times, and are read again at every reload.
 */
function budget(most: number) {
  let held = 0;
  return async <T>(bytes: number, fetch: () => Promise<T>): Promise<T> => {
    require(held + bytes <= most, "too_long", "more than a page can hold");
    held += bytes;
    try {
      return await fetch();
    } catch (error) {
      held -= bytes;
      throw error;
    }
  };
}

interface Fetching extends ParcelNeeds {
  readonly counted: ReturnType<typeof budget>;
}

async function fetchPart(
  { api, counted }: Fetching,
  sealed: Envelope["parts"][number],
  key: Uint8Array,
  signed: Pick<PartInfo, "length" | "tree">,
): Promise<Uint8Array> {
  return await counted(sealed.length, async () =>
    sealed.leaves
      ? (await import("../files/spans.ts")).wholeOf(api, sealed, key, signed)
      : openPart(await fetchBlob(api, sealed), key, sealed, signed),
  );
}

/**
 * Of what a device has signed; whoever is not to judge it still wants to see a receipt. Gives whether it
 * was signed twice, as the author's card says.
 */
async function requireReceipt(
  judge: Judge | undefined,
  signed: Authored,
  receipt: string | undefined,
): Promise<boolean> {
  if (!signed.certificate) return false;
  require(receipt !== undefined, "bad_form", "a device's statement without a receipt");
  const asked = await judge?.();
  if (!asked) return false;
  requireOwn(asked.record, signed, fromB64u(receipt), asked.server);
  return signed.second !== "";
}

/** Checks in the order of the specification; gives nothing before all of it holds. */
async function openDocument(
  needs: Fetching,
  { statement, envelope, receipt }: Parameters<Parcels["openDocument"]>[0],
  mine: boolean,
): ReturnType<Parcels["openDocument"]> {
  const [sender, reader] = mine ? [needs.self, needs.peer] : [needs.peer, needs.self];
  const packed = readObject("envelope", fromB64u(envelope));
  require(same(packed.author, sender), "bad_signature", "an envelope of somebody else");
  const opened: Envelope = readEnvelope(packed.payload);
  requireRecipient(opened, reader, needs.room);
  const signed = await readAuthored(fromB64u(statement));
  const { kind, issued, author, subject, parts } = requireStatement(opened, signed);
  // Nobody passes on documents of others in a consult yet: who sends it has written it.
  require(same(signed.author, sender), "wrong_statement", "a statement of somebody else");
  const twice = !mine && (await requireReceipt(needs.judge, signed, receipt));
  const contents: OpenedPart[] = [];
  for (const [index, part] of parts.entries()) {
    const sealed = opened.parts[index];
    require(sealed !== undefined, "wrong_statement");
    const bytes = await fetchPart(needs, sealed, opened.key, part);
    contents.push({ name: part.name, media: part.media, bytes });
  }
  const ticket = opened.ticket ? { ticket: opened.ticket } : {};
  return { kind, issued, author, subject, parts: contents, twice, ...ticket };
}

export function sealedParts(needs: ParcelNeeds): Parcels {
  const { random, signer, certificate } = needs;
  const fetching = { ...needs, counted: budget(LIMITS.received) };
  return {
    async sealPhoto(bytes) {
      const key = random(32);
      const { sealed, tree } = await upload(needs, bytes, key);
      return { part: written(sealed), key: b64u(key), tree: b64u(tree), length: bytes.length };
    },
    openPhoto: ({ part, key, tree, length }) => fetchPart(fetching, part, key, { tree, length }),
    async sealDocument(kind, author, subject, parts, issued, dispensable) {
      // Who cannot sign uploads nothing.
      const second = await needs.second?.();
      const key = random(32);
      const uploaded: Uploaded[] = [];
      for (const { bytes } of parts) uploaded.push(await upload(needs, bytes, key));
      const described = parts.map(({ name, media, bytes }, index) => ({
        name,
        media,
        length: bytes.length,
        tree: uploaded[index]?.tree ?? new Uint8Array(),
      }));
      const drawn = dispensable && needs.issue ? draw(random, dispensable) : undefined;
      const named = drawn ? { dispensing: drawn.dispensing } : {};
      const said = {
        kind,
        issued,
        random: random(32),
        author,
        subject,
        parts: described,
        ...named,
      };
      const by = { signer, certificate, second };
      const statement = await signStatement(writeStatement(said), by);
      const digest = statementHash(statement);
      const body = { hash: b64u(digest) };
      const receipt = certificate && (await needs.api.post("/v1/receipts", signer, body));
      let undo: Undo | undefined;
      if (drawn && receipt) {
        const contents = parts.map(({ bytes }) => bytes);
        const patient = subject?.name ?? "";
        undo = await needs.issue?.({ ...drawn, statement, receipt, parts: contents, patient });
      }
      const envelope = await signObject(
        "envelope",
        writeEnvelope({
          statement: digest,
          to: needs.peer,
          room: needs.room,
          key,
          parts: uploaded.map(({ sealed }) => sealed),
          ...(drawn ? { ticket: drawn.ticket } : {}),
        }),
        signer,
        certificate,
      );
      const objects = { statement: b64u(statement), envelope: b64u(envelope) };
      if (!receipt) return objects;
      const ticket = drawn ? { ticket: drawn.ticket, undo } : {};
      return { ...objects, receipt: b64u(receipt), ...ticket };
    },
    openDocument: (mail, mine) => openDocument(fetching, mail, mine),
  };
}

/** A ticket and who may take it back, for a statement to name. */
function draw(random: Random, { lines, until }: Dispensable) {
  const [ticket, owner] = [random(32), random(32)];
  const named = { ticket: ticketHash(ticket), owner: seedSigner(owner).publicKey };
  return { ticket, owner, dispensing: { ...named, lines, until } };
}

const written = ({ blob, read, length, hash: digest }: SealedPart) => ({
  blob,
  read: b64u(read),
  length,
  hash: b64u(digest),
});
