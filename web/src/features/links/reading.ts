/** A sealed link whose code is known: opened once, and read as often as needed. */
import type { LinkSecret } from "../../sealing/sealed-link.ts";
import type { ReceivingNeeds } from "../files/receiving.ts";
import type { Platform } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { begunBefore, forgetBegun, keepBegun } from "./begun.ts";
import type { Found } from "./model.ts";
import { openOnce } from "./wire.ts";

export type ReadingNeeds = ReceivingNeeds & Pick<Platform, "vaults">;

export class LinkReader {
  readonly #needs: ReadingNeeds;
  readonly #api: Api;
  readonly #secret: LinkSecret;
  /** One for this page load, however often words are tried. */
  readonly #opening: Uint8Array;
  #sealed: Uint8Array | undefined;

  constructor(needs: ReadingNeeds, api: Api, secret: LinkSecret) {
    this.#needs = needs;
    this.#api = api;
    this.#secret = secret;
    this.#opening = needs.random(16);
  }

  /** Whether its files were begun on this device, so that it is open here. */
  async begun(): Promise<boolean> {
    this.#sealed ??= await begunBefore(this.#needs, this.#secret);
    return this.#sealed !== undefined;
  }

  /**
   * `counted` is told how often it may still be opened, where this counts. Rejects and refuses as
   * `openOnce` and `openWith` do.
   */
  async open(code: Uint8Array, counted: (left: number) => void): Promise<Found> {
    // Fetched before the server is asked: what does not come must cost no opening.
    const { openWith } = await import("./opened.ts");
    if (!this.#sealed) {
      const { bytes, left } = await openOnce(this.#api, this.#secret, this.#opening);
      this.#sealed = bytes;
      counted(left);
    }
    const sealed = this.#sealed;
    return await openWith(this.#api, this.#secret, code, sealed, this.#needs, {
      begun: () => keepBegun(this.#needs, this.#secret, sealed),
      erased: () => forgetBegun(this.#needs, this.#secret),
    });
  }
}
