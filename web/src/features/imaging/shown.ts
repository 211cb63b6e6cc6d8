/** The study that a sealed link holds, for people who look at it together. Large: imported late. */
import { openFile } from "../../sealing/agefile.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { isOutside, readHanded } from "../../sealing/handed.ts";
import {
  linkKey,
  parseSealedLink,
  readLinkWords,
  stretchingOf,
} from "../../sealing/sealed-link.ts";
import { stretchBytes } from "../../sealing/stretch.ts";
import { WordsError } from "../../sealing/words.ts";
import { openOnce } from "../links/wire.ts";
import { whoServes } from "../practitioners/records.ts";
import { allWordLists } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import { type LookNeeds, lookAt } from "./looking.ts";
import type { ViewerModel } from "./model.ts";

const apiOf = ({ http, clock, random, address }: LookNeeds): Api =>
  new Api({ http, clock, random, origin: address.origin });

/**
 * Opens a sealed link and gives what it holds, unchecked. Refuses with `bad_link`, or with a WordsError;
 * rejects as `openOnce` and `openFile` do.
 */
export async function openLink(needs: LookNeeds, link: string, words: string): Promise<Uint8Array> {
  const [place, fragment] = link.trim().split("#");
  require(place === `${needs.address.origin}/link/`, "bad_link", "a link of another place");
  const secret = parseSealedLink(fragment ?? "");
  const code = readLinkWords(secret, words, await allWordLists());
  const { bytes } = await openOnce(apiOf(needs), secret, needs.random(16));
  return await openFile(bytes, linkKey(secret, await stretchBytes(code, stretchingOf(secret))));
}

/** Refuses as `readHanded` does, and with `bad_form` what is no study. */
export async function openShown(needs: LookNeeds, handed: Uint8Array): Promise<ViewerModel> {
  const { key: server, registrar } = await whoServes(apiOf(needs));
  const keys = { server, ...(registrar ? { registrar } : {}) };
  const { content, authorship } = await readHanded(handed, keys);
  const { kind, parts } = authorship.statement;
  require(kind === "imaging" && isOutside(content), "bad_form", "no study");
  const [part, info] = [content.parts[0], parts[0]];
  require(!!part && !!info && parts.length === 1, "bad_form", "not one part");
  return lookAt(needs, { part, key: content.key, info });
}

/** Why a link is not shown. */
export type Trouble = "showBadLink" | "showBadWords" | "showNoStudy" | "showFailed";

export function troubleOf(error: unknown): Trouble {
  if (error instanceof WordsError) return "showBadWords";
  if (!(error instanceof SealError)) return "showFailed";
  if (error.code === "bad_link") return "showBadLink";
  return error.code === "cannot_open" || error.code === "altered" ? "showBadWords" : "showNoStudy";
}
