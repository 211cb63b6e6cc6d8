/**
 * What is kept does not end while it is used: a year before, it is renewed with vouchers that the
 * practice gave later. Where there are none nobody is told: there is nothing that a person could do
 * but see the practice, which gives more by itself.
 */
import { seedSigner } from "../../sealing/keys.ts";
import { ownerOf, placeOf } from "../../sealing/ring.ts";
import type { VaultRecord } from "../../sealing/vault.ts";
import type { Clock, Vault } from "../ports.ts";
import { meansOf } from "../recovery/rings.ts";
import type { Api } from "../rooms/api.ts";
import { blobThing, cellThing, mailboxThing, renewAll, type Thing } from "../rooms/renewal.ts";
import { changed, type SharedVault } from "../vault/shared.ts";
import { type Purse, without } from "./purse.ts";
import { recordsOf } from "./records.ts";

interface LastingNeeds {
  readonly vault: SharedVault;
  /** The vouchers that lie in that vault. */
  readonly purse: Purse;
  readonly api: Api;
  readonly clock: Pick<Clock, "now">;
  readonly rest: Vault;
  readonly name: string;
}

/** Renews the vault and what its records name; what fails is tried again the next time. */
export async function renewKept({ vault, purse, name, ...needs }: LastingNeeds): Promise<void> {
  const own = vault.things;
  if (!own || vault.moved.peek()) return;
  const records = vault.records.peek();
  // What opens the rest comes first, and what came last before what is old.
  const things = [own.cell, own.page, ...namedIn(records)];
  let isPageOld = false;
  await renewAll({
    ...needs,
    name: `${name}:renewal`,
    things,
    pay: async (thing, ends) => {
      const isPage = thing === own.page;
      const voucher = purse.later(thing.bytes, vault.records.peek(), ends, !isPage);
      // A page is renewed by the next one: what pays for others is taken out of it, too.
      if (isPage) isPageOld = voucher !== undefined;
      return isPage ? undefined : voucher;
    },
    drawn: (vouchers) =>
      vault.change((newest) => {
        const changes = without(newest, vouchers);
        return changes.length > 0 || !isPageOld ? changes : rewritten(newest);
      }),
  }).catch(() => undefined);
}

/** Mailboxes, the cells of ways back, and documents. */
function namedIn(records: readonly VaultRecord[]): Thing[] {
  const documents = [...recordsOf(records, "document")].sort((one, other) =>
    other.data.at.localeCompare(one.data.at),
  );
  return [
    ...recordsOf(records, "mailbox").map(({ data: { id, owner } }) =>
      mailboxThing({ id, owner: seedSigner(owner) }),
    ),
    ...recordsOf(records, "ring").flatMap(({ data: { root, held } }) => {
      const ring = { root, held, vault: new Uint8Array(32) };
      const places = meansOf(ring).map(placeOf);
      return places.map((place) => cellThing(ownerOf(ring, place), place));
    }),
    ...documents.map(({ data: { owner, blob, length } }) =>
      blobThing(seedSigner(owner), blob, length),
    ),
  ];
}

/** The same again, in a page that is paid for anew. */
function rewritten(records: readonly VaultRecord[]): readonly VaultRecord[] {
  const [first] = records.filter(({ data }) => data !== null);
  return first ? [changed(records, first)] : [];
}
