/**
 * The accepts for who waits, made before anybody taps: the offer with its candidates, and the whole
 * answer to the intro. Admitting is then a matter of storing and sending.
 */
import { SealError } from "../../sealing/errors.ts";
import { type HostAgreed, type HostIntro, makeAccept } from "../../sealing/handshake.ts";
import { writeMessage } from "../../sealing/messages.ts";
import type { HostProfile } from "../../sealing/profile.ts";
import type { LooseLink } from "../consult/media/loose.ts";
import type { Platform } from "../ports.ts";
import type { Credentials } from "./device.ts";

/** Ways and TURN credentials age: what was prepared is made anew after this. */
const LIFE = 20 * 60_000;

export interface Accepted {
  readonly agreed: HostAgreed;
  /** Whose offer it carries. */
  readonly picture: LooseLink;
}

interface Preparation {
  readonly intro: HostIntro;
  readonly picture: LooseLink;
  ready?: { readonly agreed: HostAgreed; readonly profile: HostProfile };
  cancel?: () => void;
}

export interface AcceptNeeds {
  readonly platform: Platform;
  readonly credentials: Credentials;
  /** What an accept states; the same object as long as nothing changed. */
  readonly profile: () => HostProfile;
  /** Resolves once the STUN and TURN servers are known. */
  readonly ice: () => Promise<unknown>;
  readonly newPicture: (guest: string) => LooseLink;
}

export class Accepts {
  readonly #needs: AcceptNeeds;
  /** By guest key. */
  readonly #made = new Map<string, Preparation>();

  constructor(needs: AcceptNeeds) {
    this.#needs = needs;
  }

  /** Makes ready to admit the guest with this intro; a failure shows when it is taken. */
  prepare(guest: string, intro: HostIntro): void {
    this.drop(guest);
    const made: Preparation = { intro, picture: this.#needs.newPicture(guest) };
    this.#made.set(guest, made);
    void this.#work(guest, made).catch(() => undefined);
  }

  /** The network is another one: so are the ways that offers tell of. */
  refresh(): void {
    for (const [guest, { intro }] of [...this.#made]) this.prepare(guest, intro);
  }

  /** The accept of this intro, ready or made now; it is not given twice. */
  async take(guest: string, intro: HostIntro): Promise<Accepted> {
    const made = this.#made.get(guest);
    if (made?.intro !== intro) return await this.#make(intro, this.#needs.newPicture(guest));
    this.#made.delete(guest);
    made.cancel?.();
    const { ready, picture } = made;
    if (ready && ready.profile === this.#needs.profile()) return { agreed: ready.agreed, picture };
    return await this.#make(intro, picture);
  }

  drop(guest: string): void {
    const made = this.#made.get(guest);
    this.#made.delete(guest);
    made?.cancel?.();
    made?.picture.link.close();
  }

  close(): void {
    for (const guest of [...this.#made.keys()]) this.drop(guest);
  }

  async #work(guest: string, made: Preparation): Promise<void> {
    const { platform, ice, profile } = this.#needs;
    await ice();
    await made.picture.link.prepare();
    if (this.#made.get(guest) !== made) return;
    const stated = profile();
    const { agreed } = await this.#make(made.intro, made.picture);
    if (this.#made.get(guest) !== made) return;
    made.ready = { agreed, profile: stated };
    platform.rehearse();
    made.cancel = platform.clock.after(LIFE, () => this.prepare(guest, made.intro));
  }

  async #make(intro: HostIntro, picture: LooseLink): Promise<Accepted> {
    const { platform, credentials, profile } = this.#needs;
    const { device, certificate } = credentials;
    const { random } = platform;
    const given = { intro, device, certificate, profile: profile(), random };
    const offer = picture.link.takeOffer();
    try {
      const messages = offer ? [writeMessage(offer)] : [];
      return { agreed: await makeAccept({ ...given, messages }), picture };
    } catch (error) {
      // An offer that is too long for an accept follows in the session.
      if (!(error instanceof SealError) || error.code !== "too_long") throw error;
      return { agreed: await makeAccept({ ...given, messages: [] }), picture };
    }
  }
}
