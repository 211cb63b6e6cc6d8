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
import type { DeskStore, Enrolment, StatedCard } from "./store.ts";

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
   * attempt: `state` follows. Rejects as `Api.request` and the stores do; refuses as `signCard` does.
   */
  async enrol(code: string, practitioner: Practitioner): Promise<void> {
    const { store } = this.#needs;
    const device = await store.device();
    const identity = await this.#firstIdentity();
    const last = await store.enrolment();
    const again = last?.code === code && says(last.card, practitioner);
    if (last && !again) {
      const taken = await this.#post(last, device).then(() => true, unlessRefused);
      if (taken) return await store.enrolled(identity.publicKey, last);
    }
    const enrolment = again
      ? { ...last, practitioner }
      : await this.#make(code, practitioner, { identity, device }, last);
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
    const version = last ? readCard(last).card.version + 1 : 1;
    const card = await signCard(cardOf(practitioner, version, timeOf(clock.now())), identity);
    const next = { card, practitioner };
    await store.saveNextCard(next);
    await this.#put(next, identity);
  }

  /** Of the one who enrols here: it follows from a root that is drawn once. */
  async #firstIdentity(): Promise<Signer> {
    const { store, random } = this.#needs;
    const root = (await store.root()) ?? random(32);
    await store.saveRoot(root);
    return identityOf({ root });
  }

  async #make(
    code: string,
    practitioner: Practitioner,
    { identity, device }: { readonly identity: Signer; readonly device: Signer },
    last: Enrolment | undefined,
  ): Promise<Enrolment> {
    const { clock, random } = this.#needs;
    const now = clock.now();
    const card = await signCard(cardOf(practitioner, 1, timeOf(now)), identity);
    const attempt = { code, token: b64u(random(16)), practitioner, card };
    // An identity signs one first list of devices, whatever becomes of the attempts.
    if (last) return { ...attempt, certificate: last.certificate, devices: last.devices };
    const issued = Math.floor(now / 1000);
    const certificate = await makeCertificate(identity, device.publicKey, issued);
    const listed = { device: device.publicKey, since: issued, until: 0 };
    const list = await makeDeviceList(identity, { version: 1, issued, devices: [listed] });
    return { ...attempt, certificate, devices: list.raw };
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
