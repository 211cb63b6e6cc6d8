/** The practitioner's papers at the server: the enrolment, and each next version of the card. */
import { ProtocolError } from "../../protocol/errors.ts";
import { readCard, signCard } from "../../sealing/card.ts";
import { makeCertificate } from "../../sealing/certificate.ts";
import { makeDeviceList } from "../../sealing/device-list.ts";
import { b64u } from "../../sealing/encoding.ts";
import type { Signer } from "../../sealing/keys.ts";
import { identityOf } from "../../sealing/ring.ts";
import { timeOf } from "../consult/conversation.ts";
import type { Clock, Random } from "../ports.ts";
import type { Api } from "../rooms/api.ts";
import { cardOf, says } from "./card.ts";
import type { Practitioner } from "./desk.ts";
import { certified, nameOf } from "./second.ts";
import type { DeskStore, Enrolment, StatedCard } from "./store.ts";

interface Makers {
  readonly root: Uint8Array;
  readonly identity: Signer;
  readonly device: Signer;
  readonly twice: boolean;
}

interface Needs {
  readonly store: DeskStore;
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  /** The key that signs papers, for this once. Rejects where the practitioner declines. */
  identity(): Promise<Signer>;
}

/**
 * What is sent is kept first, and where its answer was lost the very same is sent before anything
 * else: the server may have taken it, and takes no other of that version.
 */
export class Registration {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * From then on this is a practitioner's device. The card may say what was typed for an earlier
   * attempt: `state` follows. With `twice`, for good, each document has a second signature. Rejects as `Api.request` and the stores do; refuses as `signCard` does.
   */
  async enrol(code: string, practitioner: Practitioner, twice: boolean): Promise<void> {
    const { store } = this.#needs;
    const device = await store.device();
    const root = await this.#firstRoot();
    const identity = identityOf({ root });
    const last = await store.enrolment();
    const chosen = !!last?.second === twice;
    const again = last?.code === code && chosen && says(last.card, practitioner);
    if (last && !again) {
      const taken = await this.#post(last, device).then(() => true, unlessRefused);
      if (taken) return await store.enrolled(identity.publicKey, last);
    }
    const enrolment = again
      ? { ...last, practitioner }
      : await this.#make(code, practitioner, { root, identity, device, twice }, last);
    await store.saveEnrolment(enrolment);
    await this.#post(enrolment, device);
    await store.enrolled(identity.publicKey, enrolment);
  }

  /**
   * Keeps what the practitioner states of themselves, once the server has a card that says so; the
   * identity is asked for only where the card changes. Rejects and refuses as `enrol` does and the
   * identity; what the server has taken stands then.
   */
  async state(practitioner: Practitioner): Promise<void> {
    const { store, clock } = this.#needs;
    const begun = await store.nextCard();
    const unchanged = async (): Promise<boolean> => {
      const last = await store.card();
      return last !== undefined && says(last, practitioner);
    };
    if (!begun && (await unchanged())) return await store.savePractitioner(practitioner);
    const identity = await this.#needs.identity();
    if (begun) await this.#put(begun, identity).catch(unlessRefused);
    if (await unchanged()) return await store.savePractitioner(practitioner);
    const last = await store.card();
    const before = last ? readCard(last).card : { version: 0, second: "" };
    const now = timeOf(clock.now());
    const card = await signCard(cardOf(practitioner, before.version + 1, now, before), identity);
    const next = { card, practitioner };
    await store.saveNextCard(next);
    await this.#put(next, identity);
  }

  /** What the identity of the one who enrols here follows from: drawn once. */
  async #firstRoot(): Promise<Uint8Array> {
    const { store, random } = this.#needs;
    const root = (await store.root()) ?? random(32);
    await store.saveRoot(root);
    return root;
  }

  async #make(
    code: string,
    practitioner: Practitioner,
    { root, identity, device, twice }: Makers,
    last: Enrolment | undefined,
  ): Promise<Enrolment> {
    const { clock, random } = this.#needs;
    const now = clock.now();
    const issued = Math.floor(now / 1000);
    const listed = { device: device.publicKey, since: issued, until: 0 };
    // An identity signs one first list of devices, whatever becomes of the attempts.
    const { certificate, devices } = last ?? {
      certificate: await makeCertificate(identity, device.publicKey, issued),
      devices: (await makeDeviceList(identity, { version: 1, issued, devices: [listed] })).raw,
    };
    const second = twice ? await certified({ root }, certificate, random(32)) : undefined;
    const named = { second: second ? await nameOf(second) : "" };
    const card = await signCard(cardOf(practitioner, 1, timeOf(now), named), identity);
    const attempt = { code, token: b64u(random(16)), practitioner, card, certificate, devices };
    return second ? { ...attempt, second } : attempt;
  }

  #post({ code, card, devices, token }: Enrolment, device: Signer): Promise<Uint8Array> {
    const body = { code, card: b64u(card), devices: b64u(devices) };
    return this.#needs.api.post("/v1/practitioners", device, body, token);
  }

  /** Sends the card that is kept as the next one. A refusal is an answer, too. */
  async #put(next: StatedCard, signer: Signer): Promise<void> {
    const { api, store } = this.#needs;
    const target = `/v1/practitioners/${b64u(signer.publicKey)}/card`;
    const media = "application/octet-stream";
    try {
      await api.request({ method: "PUT", target, signer, body: next.card, media });
    } catch (error) {
      if (isRefusal(error)) await store.dropNextCard();
      throw error;
    }
    await store.saveCard(next);
  }
}

/** Whether the server has said no: a fault may be that of a proxy that did not wait for its answer. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ProtocolError && error.code !== "internal";

function unlessRefused(error: unknown): void {
  if (!isRefusal(error)) throw error;
}
