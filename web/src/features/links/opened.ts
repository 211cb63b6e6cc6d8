/** Opens and checks what a sealed link's blob holds. Large: imported late. */
import { signal } from "@preact/signals";
import { openFile } from "../../sealing/agefile.ts";
import { isOutside, readHanded } from "../../sealing/handed.ts";
import type { Authorship } from "../../sealing/kept.ts";
import { type LinkSecret, linkKey, stretchingOf } from "../../sealing/sealed-link.ts";
import { stretchBytes } from "../../sealing/stretch.ts";
import { incoming, type Keeping, type ReceivingNeeds } from "../files/receiving.ts";
import { inert } from "../inert.ts";
import { whoServes } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { Author, Found } from "./model.ts";

/** Refuses with `cannot_open` for other words, and as `readHanded` does. Rejects as `Api.open` does. */
export async function openWith(
  api: Api,
  secret: LinkSecret,
  code: Uint8Array,
  sealed: Uint8Array,
  needs: ReceivingNeeds,
  keeping: Keeping,
): Promise<Found> {
  const { key: server, registrar } = await whoServes(api);
  const seed = linkKey(secret, await stretchBytes(code, stretchingOf(secret)));
  const plain = await openFile(sealed, seed);
  const { content, authorship } = await readHanded(plain, {
    server,
    ...(registrar ? { registrar } : {}),
  });
  const { statement } = authorship;
  const outside = isOutside(content);
  return {
    document: outside ? null : documentOf(authorship, content),
    files: outside ? incoming(needs, content, statement, keeping) : [],
    author: authorOf(authorship),
    says: inert(statement.author.name),
    view: async (name, bytes) => {
      const { showHeld } = await import("../viewing/viewer.ts");
      return showHeld(needs.renderers, name, bytes);
    },
  };
}

function authorOf({ certificate, card, attestation, signedAt }: Authorship): Author | null {
  if (!certificate || card === null || signedAt === null) return null;
  const { identity } = certificate;
  return { identity, card, attestation: attestation ?? undefined, signedAt: signedAt * 1000 };
}

function documentOf(
  { statement, twice }: Authorship,
  content: readonly Uint8Array[],
): NonNullable<Found["document"]> {
  const { kind, issued, author, subject, parts } = statement;
  const contents = parts.map(({ name, media }, at) => ({
    name,
    media,
    bytes: content[at] ?? new Uint8Array(),
  }));
  const document = signal({ kind, issued, author, subject, parts: contents, twice });
  return {
    id: issued,
    mine: false,
    at: issued,
    kind,
    problem: null,
    document,
    state: "verified",
  };
}
