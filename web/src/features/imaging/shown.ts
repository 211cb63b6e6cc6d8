/** The study that a sealed link holds, for people who look at it together. Large: imported late. */
import { openFile } from "../../sealing/agefile.ts";
import { b64u } from "../../sealing/encoding.ts";
import { require } from "../../sealing/errors.ts";
import { isOutside, readHanded } from "../../sealing/handed.ts";
import {
  type LinkSecret,
  linkKey,
  parseSealedLink,
  placeOfLink,
  readLinkWords,
  stretchingOf,
} from "../../sealing/sealed-link.ts";
import { stretchBytes } from "../../sealing/stretch.ts";
import { openOnce } from "../links/wire.ts";
import { whoServes } from "../practitioners/records.ts";
import { allWordLists } from "../recovery/words.ts";
import { Api } from "../rooms/api.ts";
import { type LookNeeds, lookAt } from "./looking.ts";
import type { Drawings } from "./marking.ts";
import type { ViewerModel } from "./model.ts";

const apiOf = ({ http, clock, random, address }: LookNeeds): Api =>
  new Api({ http, clock, random, origin: address.origin });

/** Opens sealed links. Each is opened at its server once, however often its words are tried. */
export class Links {
  readonly #needs: LookNeeds;
  readonly #openings = new Map<string, Uint8Array>();
  /** What the link of that name holds, sealed: of one alone, as it may be large. */
  #sealed: { readonly name: string; readonly bytes: Uint8Array } | null = null;

  constructor(needs: LookNeeds) {
    this.#needs = needs;
  }

  /**
   * Gives what a link holds, unchecked. Refuses with `bad_link`, or with a WordsError; rejects as
   * `openOnce` and `openFile` do.
   */
  async open(link: string, words: string): Promise<Uint8Array> {
    const [place, fragment] = link.trim().split("#");
    require(place === `${this.#needs.address.origin}/link/`, "bad_link", "a link of another place");
    const secret = parseSealedLink(fragment ?? "");
    const code = readLinkWords(secret, words, await allWordLists());
    const sealed = await this.#fetch(secret);
    return await openFile(sealed, linkKey(secret, await stretchBytes(code, stretchingOf(secret))));
  }

  async #fetch(secret: LinkSecret): Promise<Uint8Array> {
    const name = b64u(placeOfLink(secret));
    if (this.#sealed?.name === name) return this.#sealed.bytes;
    const opening = this.#openings.get(name) ?? this.#needs.random(16);
    this.#openings.set(name, opening);
    const { bytes } = await openOnce(apiOf(this.#needs), secret, opening);
    this.#sealed = { name, bytes };
    return bytes;
  }
}

/** Studies whose drawings are kept. */
const MOST_STUDIES = 8;

/** What was drawn on each study, by the root of its tree: it outlives each showing of it. */
export type Drawn = Map<string, Drawings>;

function keep(drawn: Drawn, study: string, drawings: Drawings): void {
  drawn.delete(study);
  drawn.set(study, drawings);
  const [oldest] = drawn.keys();
  if (drawn.size > MOST_STUDIES && oldest !== undefined) drawn.delete(oldest);
}

/** Refuses as `readHanded` does, and with `bad_form` what is no study. */
export async function openShown(
  needs: LookNeeds,
  handed: Uint8Array,
  drawn: Drawn,
): Promise<ViewerModel> {
  const { key: server, registrar } = await whoServes(apiOf(needs));
  const keys = { server, ...(registrar ? { registrar } : {}) };
  const { content, authorship } = await readHanded(handed, keys);
  const { kind, parts } = authorship.statement;
  require(kind === "imaging" && isOutside(content), "bad_form", "no study");
  const [part, info] = [content.parts[0], parts[0]];
  require(!!part && !!info && parts.length === 1, "bad_form", "not one part");
  const study = b64u(info.tree);
  const viewer = lookAt(needs, { part, key: content.key, info }, drawn.get(study));
  keep(drawn, study, viewer.marking.drawings);
  return viewer;
}
