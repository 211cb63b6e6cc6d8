/** Who the doctor is, as signed papers say, and whether a device is theirs still. */
import type { Signal } from "@preact/signals";
import { type Certificate, readCertificate } from "../../sealing/certificate.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { SealError } from "../../sealing/errors.ts";
import { type PractitionerRecord, requireFresh } from "../../sealing/record.ts";
import type { Judge } from "../consult/parcels.ts";
import type { Clock } from "../ports.ts";
import { fetchRecord, readKept } from "../practitioners/records.ts";
import type { Standing } from "../practitioners/standing.ts";
import type { Api } from "../rooms/api.ts";
import type { KeptDoctor, PlaceStore } from "./place.ts";

/** How long somebody who was let in waits for what the server says of the doctor. */
const PATIENCE = 4_000;
/** Papers that came so lately are good enough to begin with; they are asked for again soon after. */
const RECENT = 10_000;
const SOON_AFTER = 3_000;

interface DoctorNeeds {
  readonly api: Api;
  readonly clock: Clock;
  readonly store: PlaceStore;
  readonly standing: Signal<Standing>;
  /** What came was refused, or the device that the call is with is not in force any more. */
  readonly refused: (error: SealError) => void;
}

export class Doctor {
  readonly #needs: DoctorNeeds;
  #kept: KeptDoctor;
  #record: PractitionerRecord | undefined;
  #asking: Promise<void> | undefined;
  /** When the last answer came that passed. */
  #came = Number.NEGATIVE_INFINITY;
  /** What the last answer was refused with: silence after it does not undo that. */
  #refusal: SealError | undefined;
  #closed = false;

  constructor(needs: DoctorNeeds, kept: KeptDoctor) {
    this.#needs = needs;
    this.#kept = kept;
    if (kept.papers) this.#show(readKept(kept.identity, kept.papers));
  }

  /** Nothing more is stored; what comes late is still judged. */
  close(): void {
    this.#closed = true;
  }

  /** Asks the server for what is newest; what comes of it shows, or is refused. */
  ask(): void {
    this.#answer().catch((error: unknown) => {
      if (error instanceof SealError) this.#needs.refused(error);
    });
  }

  /**
   * That a device is in force, as far as can be known within a few seconds; a call begins with it.
   * Refuses with `revoked`, and with whatever refused the papers that came.
   */
  async require(certificate: Certificate): Promise<void> {
    const { clock } = this.#needs;
    if (clock.now() - this.#came > RECENT) await this.#soon();
    else clock.after(SOON_AFTER, () => this.ask());
    if (this.#refusal) throw this.#refusal;
    try {
      this.#inForce(certificate);
    } catch {
      // It may be newer than what we have.
      await this.#soon();
      this.#inForce(certificate);
    }
    this.#kept = { ...this.#kept, device: certificate.raw };
    await this.#save();
  }

  readonly judge: Judge = async () => {
    await this.#soon();
    const { papers } = this.#kept;
    return this.#record && papers ? { record: this.#record, server: papers.server } : undefined;
  };

  /** The call is over. */
  async parted(): Promise<void> {
    this.#kept = { ...this.#kept, device: null };
    await this.#save();
  }

  #inForce(certificate: Certificate): void {
    if (this.#record) requireInForce(this.#record.devices, certificate);
  }

  async #save(): Promise<void> {
    if (!this.#closed) await this.#needs.store.saveDoctor(this.#kept);
  }

  /** The answer, where one comes soon; that none comes is not for whoever waits to bear. */
  async #soon(): Promise<void> {
    const answered = this.#answer().catch((error: unknown) => {
      if (error instanceof SealError) throw error;
    });
    const late = new Promise<void>((done) => void this.#needs.clock.after(PATIENCE, done));
    await Promise.race([answered, late]);
    if (this.#refusal) throw this.#refusal;
  }

  /** One question at a time. */
  #answer(): Promise<void> {
    this.#asking ??= this.#ask()
      .then(
        () => {
          this.#refusal = undefined;
          this.#came = this.#needs.clock.now();
        },
        (error: unknown) => {
          if (error instanceof SealError) this.#refusal = error;
          throw error;
        },
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const { api, refused } = this.#needs;
    const { identity } = this.#kept;
    const papers = await fetchRecord(api, identity, this.#kept.papers ?? undefined);
    this.#kept = { ...this.#kept, papers };
    await this.#save();
    this.#show(readKept(identity, papers));
    const { device } = this.#kept;
    try {
      if (device) this.#inForce(readCertificate(device));
    } catch (error) {
      // Of the call that there is: whoever asked may ask for another device.
      if (error instanceof SealError) refused(error);
    }
  }

  #show(record: PractitionerRecord): void {
    this.#record = record;
    const now = Math.floor(this.#needs.clock.now() / 1000);
    let checked: Standing["checked"] = "fresh";
    try {
      requireFresh(record, now);
    } catch {
      checked = "stale";
    }
    this.#needs.standing.value = { record, checked };
  }
}
