/** What a sealed link's blob is at the server: opened so many times (docs/protocol.md, 8). */
import * as v from "valibot";
import { ProtocolError } from "../../protocol/errors.ts";
import { b64u, jsonObject } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import { natural } from "../../sealing/forms.ts";
import type { Signer } from "../../sealing/keys.ts";
import { type LinkSecret, placeOfLink, readerOfLink } from "../../sealing/sealed-link.ts";
import type { Api } from "../rooms/api.ts";

/** The largest file, its papers, and what pads both. */
const MOST_BYTES = 72 * 1024 * 1024;

const COUNT = v.object({ most: natural, used: natural, expires: natural });
const OPENED = v.object({ length: natural, left: natural });

/** `expires` in Unix seconds. */
export type Count = v.InferOutput<typeof COUNT>;

const openingsOf = (secret: LinkSecret): string =>
  `/v1/blobs/${b64u(placeOfLink(secret))}/openings`;

/** What is no longer there was taken back, by another device, or is over. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof ProtocolError && GONE.includes(error.code))) throw error;
}

const GONE: readonly string[] = ["not_found", "withdrawn", "expired"];

function read<S extends v.GenericSchema>(schema: S, answer: Uint8Array): v.InferOutput<S> {
  const found = v.safeParse(schema, jsonObject(answer));
  if (!found.success) throw new ProtocolError("internal", "no answer about openings");
  return found.output;
}

/**
 * How often it may be opened and was, for its reader, or for its owner. Rejects as `Api.request` does,
 * with `withdrawn`, `expired`, `not_found`.
 */
export async function countOf(
  api: Api,
  secret: LinkSecret,
  signer: Signer = readerOfLink(secret),
): Promise<Count> {
  return read(COUNT, await api.request({ method: "GET", target: openingsOf(secret), signer }));
}

/**
 * Opens it once more and fetches it; the same opening (16 bytes) again is the same one, for an hour.
 * Rejects as `countOf` does, and with `used_up`; refuses with `too_long`, `altered` for other bytes
 * than were announced.
 */
export async function openOnce(
  api: Api,
  secret: LinkSecret,
  opening: Uint8Array,
): Promise<{ readonly bytes: Uint8Array; readonly left: number }> {
  const signer = readerOfLink(secret);
  const named = b64u(opening);
  const answer = await api.post(openingsOf(secret), signer, { opening: named });
  const { length, left } = read(OPENED, answer);
  require(length > 0 && length <= MOST_BYTES, "too_long", "more than a page can hold");
  const target = `/v1/blobs/${b64u(placeOfLink(secret))}?opening=${named}`;
  const bytes = await api.request({ method: "GET", target, signer, range: [0, length] });
  require(bytes.length === length, "altered", "another length than was announced");
  return { bytes, left };
}
