/** The marks that a practice keeps of studies: signed by a device of its own, sealed, and on all of them. */
import { ProtocolError } from "../../../protocol/errors.ts";
import { b64u } from "../../../sealing/encoding.ts";
import { seedSigner } from "../../../sealing/keys.ts";
import { fromBytes, toBytes } from "../../../sealing/store.ts";
import { inert } from "../../inert.ts";
import type { Sender } from "../../links/making.ts";
import type { Platform, Vault } from "../../ports.ts";
import type { Api } from "../../rooms/api.ts";
import { deleteBlob } from "../../rooms/blobs.ts";
import { blobThing, type Thing } from "../../rooms/renewal.ts";
import { UID } from "../saved/classes.ts";
import { type Answers, type FoundMarks, MOST_FOUND, MOST_ZIP, type Question } from "./model.ts";
import { type MarksRecord, marksId } from "./record.ts";

export interface DeskMarksNeeds {
  readonly platform: Pick<Platform, "clock" | "random">;
  readonly api: Api;
  readonly credentials: { readonly identity: Uint8Array };
  readonly vault: Vault;
  /** Who signs, with the papers of now. Rejects as `fetchRecord` does. */
  sender(): Promise<Sender>;
  /** Whether somebody has unlocked the desk, and is there. */
  unlocked(): boolean;
  /** Something was changed that the practice's other devices want to know. */
  changed(): void;
}

const PREFIX = "marks:";

export class DeskMarks {
  readonly #needs: DeskMarksNeeds;

  constructor(needs: DeskMarksNeeds) {
    this.#needs = needs;
  }

  /** Newest first. */
  async records(): Promise<readonly MarksRecord[]> {
    const { vault } = this.#needs;
    const found: MarksRecord[] = [];
    for (const name of await vault.names()) {
      const bytes = name.startsWith(PREFIX) ? await vault.load(name) : undefined;
      if (bytes) found.push(fromBytes<MarksRecord>(bytes));
    }
    return found.sort((one, other) => other.created - one.created);
  }

  /** Keeps one of this device's, or of another one's. */
  adopt(record: MarksRecord): Promise<void> {
    return this.#needs.vault.save(PREFIX + b64u(record.secret), toBytes(record));
  }

  drop({ secret }: Pick<MarksRecord, "secret">): Promise<void> {
    return this.#needs.vault.erase(PREFIX + b64u(secret));
  }

  /** What ends at the server unless it is renewed. */
  async things(): Promise<readonly Thing[]> {
    return (await this.records()).map((record) =>
      blobThing(seedSigner(record.owner), marksId(record), record.length),
    );
  }

  /** What a page of this browser asks. Rejects where it cannot be done; undefined where it is no question. */
  readonly answer = async (question: Question): Promise<Answers[Question["ask"]] | undefined> => {
    const { sender, unlocked } = this.#needs;
    // Nobody may be at the machine: nothing is said, and nothing signed.
    if (!unlocked()) return question.ask === "who" ? null : undefined;
    switch (question.ask) {
      case "who":
        return { name: (await sender()).author.name };
      case "find":
        return await this.#find(question.studies);
      case "save":
        return await this.#save(question.study, question.zip);
      case "erase":
        return await this.#erase(question.id);
      default:
        return undefined;
    }
  };

  async #find(studies: readonly string[]): Promise<Answers["find"]> {
    const { api, credentials } = this.#needs;
    const wanted = (await this.records()).filter(({ study }) => studies.includes(study));
    const { readMarksOf } = await import("./sealed.ts");
    const found: FoundMarks[] = [];
    for (const record of wanted.slice(0, MOST_FOUND)) {
      const one = await readMarksOf(api, credentials.identity, record).catch(() => null);
      if (one) found.push(one);
    }
    return { found, missing: wanted.length - found.length };
  }

  async #save(study: string, zip: Uint8Array): Promise<FoundMarks> {
    const { api, platform, sender, changed } = this.#needs;
    if (!UID.test(study) || zip.length > MOST_ZIP) throw new RangeError("no marks of a study");
    const { sealMarks } = await import("./sealed.ts");
    const by = await sender();
    const { record, store } = await sealMarks({ api, ...platform }, by, study, zip);
    // Kept first: what cannot be taken back must not exist.
    await this.adopt(record);
    try {
      await store();
    } catch (error) {
      // Only the answer may have been lost: where it cannot be taken back now, it can be later.
      await this.#takeBack(record).catch(changed);
      throw error;
    }
    changed();
    return { id: marksId(record), by: inert(by.author.name), zip };
  }

  async #erase(id: string): Promise<Answers["erase"]> {
    const record = (await this.records()).find((one) => marksId(one) === id);
    if (record) {
      await this.#takeBack(record);
      this.#needs.changed();
    }
    return { erased: true };
  }

  /** At the server first: a record that is gone could take nothing back any more. */
  async #takeBack(record: MarksRecord): Promise<void> {
    const { api } = this.#needs;
    const owner = seedSigner(record.owner);
    await deleteBlob(api, owner, marksId(record)).catch((error: unknown) => {
      if (!(error instanceof ProtocolError && error.code === "not_found")) throw error;
    });
    await this.drop(record);
  }
}
