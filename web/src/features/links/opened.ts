/** Opens and checks what a sealed link's blob holds. Large: imported late. */
import { signal } from "@preact/signals";
import { openFile } from "../../sealing/agefile.ts";
import { require } from "../../sealing/errors.ts";
import { readHanded } from "../../sealing/handed.ts";
import { type LinkSecret, linkKey, stretchingOf } from "../../sealing/sealed-link.ts";
import { stretchBytes } from "../../sealing/stretch.ts";
import { whoServes } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { Found } from "./model.ts";

/** Refuses with `cannot_open` for other words, and as `readHanded` does. Rejects as `Api.open` does. */
export async function openWith(
  api: Api,
  secret: LinkSecret,
  code: Uint8Array,
  sealed: Uint8Array,
): Promise<Found> {
  const { key: server, registrar } = await whoServes(api);
  const seed = linkKey(secret, await stretchBytes(code, stretchingOf(secret)));
  const plain = await openFile(sealed, seed);
  const keys = { server, ...(registrar ? { registrar } : {}) };
  const { parts, authorship } = readHanded(plain, keys);
  const { statement, card, attestation, signedAt } = authorship;
  require(card !== null && signedAt !== null, "bad_form", "nothing says who wrote it");
  const { kind, issued, author, subject } = statement;
  const contents = statement.parts.map(({ name, media }, at) => ({
    name,
    media,
    bytes: parts[at] ?? new Uint8Array(),
  }));
  const document = signal({ kind, issued, author, subject, parts: contents });
  const line = { id: issued, mine: false, at: issued, kind, problem: null, document } as const;
  return {
    document: { ...line, state: "verified" },
    card,
    attestation: attestation ?? undefined,
    signedAt: signedAt * 1000,
  };
}
