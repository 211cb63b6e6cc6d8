/** The card of whose device this browser is, to dispense with. Large: imported late. */
import { signal } from "@preact/signals";
import { readCertificate } from "../../sealing/certificate.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import type { CardSigner } from "../../sealing/dispensing.ts";
import { SealError } from "../../sealing/errors.ts";
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
  readonly shown = signal<OwnCard["shown"]["value"]>(null);
  readonly lock: Lock;
  signer: CardSigner | undefined;
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.lock = needs.lock;
    // The desk's tab keeps what is its own: here it is only read.
    void this.lock.pass(false).then(this.ask);
  }

  readonly confirm = (): Promise<boolean> => this.lock.confirm();

  readonly ask = async (): Promise<void> => {
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
  };
}

/** Whose card it is shows once the lock is open and the server has answered. */
export const createOwnCard = (needs: Needs): OwnCard => new DeviceCard(needs);
