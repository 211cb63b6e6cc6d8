/** The card of whose device this browser is, to dispense with. Large: imported late. */
import { signal } from "@preact/signals";
import { readCertificate } from "../../sealing/certificate.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import type { CardSigner } from "../../sealing/dispensing.ts";
import { same as sameBytes } from "../../sealing/encoding.ts";
import { SealError } from "../../sealing/errors.ts";
import type { PractitionerRecord } from "../../sealing/record.ts";
import { DESK, readCredentials, readPapers } from "../desk/device.ts";
import type { Lock } from "../lock/lock.ts";
import type { Platform } from "../ports.ts";
import { Api } from "../rooms/api.ts";
import { freshRecord } from "./dispensers.ts";
import type { OwnCard } from "./model.ts";

type Needs = Pick<Platform, "http" | "clock" | "random"> & {
  readonly origin: string;
  /** What the desk of this browser rests under. */
  readonly lock: Lock;
};

class DeviceCard implements OwnCard {
  readonly state = signal<OwnCard["state"]["value"]>("locked");
  readonly shown = signal<PractitionerRecord | null>(null);
  readonly lock: Lock;
  signer: CardSigner | undefined;
  readonly #needs: Needs;
  #asking: Promise<void> | undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.lock = needs.lock;
    // The desk's tab keeps what is its own: here it is only read.
    void this.lock.pass(false).then(this.ask);
  }

  readonly confirm = async (): Promise<boolean> => {
    const seen = this.shown.peek();
    if (!(await this.lock.confirm())) return false;
    // A page stays open at the counter for days: the device may have been withdrawn since it asked.
    await this.ask();
    const now = this.shown.peek();
    // Nobody signs a name that they have not seen.
    const same = seen !== null && now !== null && sameBytes(seen.cardHash, now.cardHash);
    return same && this.state.peek() === "ready";
  };

  readonly ask = (): Promise<void> => {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  };

  async #ask(): Promise<void> {
    const { clock, lock } = this.#needs;
    this.state.value = "asking";
    this.signer = undefined;
    try {
      const vault = lock.vaults.look(DESK);
      const credentials = await readCredentials(vault);
      if (!credentials) throw new Error("not a practitioner's device any more");
      const { identity, device, certificate } = credentials;
      const last = await readPapers(vault);
      const { record } = await freshRecord(new Api(this.#needs), clock, identity, last);
      this.shown.value = record;
      requireInForce(record.devices, readCertificate(certificate));
      this.signer = { device, certificate };
      this.state.value = "ready";
    } catch (error) {
      const revoked = error instanceof SealError && error.code === "revoked";
      this.state.value = revoked ? "revoked" : "unasked";
    }
  }
}

/** Whose card it is shows once the lock is open and the server has answered. */
export const createOwnCard = (needs: Needs): OwnCard => new DeviceCard(needs);
