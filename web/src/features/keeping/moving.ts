/**
 * Taking the other devices out: all of it goes on under keys that this device has drawn, and what the
 * others know is erased (docs/sealed-formats.md, Keeping). Done again after any failure, to its end.
 */
import { seedSigner } from "../../sealing/keys.ts";
import { mergeRecords, type VaultRecord } from "../../sealing/vault.ts";
import type { Paid } from "../consult/paid.ts";
import { makeMailbox } from "../mail/mailboxes.ts";
import type { Platform } from "../ports.ts";
import type { SharedVault } from "../vault/shared.ts";
import type { KeptDevices } from "./devices.ts";
import type { Persona } from "./persona.ts";
import { MAILBOX, PAGE, type Purse, vouchersIn, without } from "./purse.ts";
import { type Data, dataOf, idFor, recordsOf } from "./records.ts";

/** A vault is made with a page and a cell. */
const FOR_VAULT = [PAGE, PAGE];

/** A home, as far as it takes part. */
export interface House {
  readonly secret: Uint8Array;
  readonly vault: SharedVault;
  readonly devices: KeptDevices;
  readonly purse: Purse;
  readonly personas: { peek(): readonly Persona[] };
  persona(about: Data<"persona">): Persona;
  vaultOf(secret: Uint8Array): SharedVault;
}

/** Everything is drawn, and what pays set aside, before anything is made. */
export interface Move {
  readonly from: Uint8Array;
  readonly secret: Uint8Array;
  readonly paid: readonly Paid[];
  readonly personas: readonly MovingPersona[];
  /** The means that open the home which is left. */
  readonly ring: Data<"ring"> | null;
}

interface MovingPersona {
  readonly from: Data<"persona">;
  readonly about: Data<"persona">;
  readonly mailbox: Data<"mailbox">;
  /** For the mailbox, then for the vault. */
  readonly paid: readonly Paid[];
}

/**
 * What is to be done, drawn once. Rejects with `quota_exceeded`, or as vaults do, before anything is
 * changed.
 */
export async function planned({ random }: Pick<Platform, "random">, home: House): Promise<Move> {
  for (const { vault } of [home, ...home.personas.peek()]) await vault.open();
  const records = home.vault.records.peek();
  const personas = home.personas.peek().map(
    (persona): MovingPersona => ({
      from: persona.about,
      about: { ...persona.about, vault: random(32) },
      mailbox: { id: random(16), owner: random(32), append: random(32), seal: random(32) },
      paid: persona.purse.draw(persona.vault.records.peek(), [MAILBOX, ...FOR_VAULT]),
    }),
  );
  const [ring] = recordsOf(records, "ring");
  const paid = home.purse.draw(records, FOR_VAULT);
  return { from: home.secret, secret: random(32), paid, personas, ring: ring?.data ?? null };
}

/** Makes all else anew; `home` is the one that is left. Gives what the new one begins with. */
export async function moved(
  home: House,
  { personas, paid }: Move,
): Promise<readonly VaultRecord[]> {
  for (const one of personas) await movePersona(home, one);
  await home.vault.open();
  const entries = personas.map(({ about }) => ({
    id: idFor(about.vault),
    n: 1,
    kind: "persona",
    data: dataOf("persona", about),
  }));
  const stays = staying(home.vault.records.peek(), ["persona", "ring", "device"], paid);
  return mergeRecords(stays, [...entries, await home.devices.record()]);
}

async function movePersona(home: House, { from, about, mailbox, paid }: MovingPersona) {
  const [old, fresh] = [home.persona(from), home.persona(about)];
  try {
    await old.start();
    await old.endMailbox();
    await old.vault.open();
    const [forMailbox, ...forVault] = paid;
    const { id, owner, append, seal } = mailbox;
    const keys = { id, owner: seedSigner(owner), append, seal };
    await makeMailbox(fresh.api, keys, forMailbox?.voucher ?? new Uint8Array());
    const record = { id: idFor(id), n: 1, kind: "mailbox", data: dataOf("mailbox", mailbox) };
    const stays = staying(old.vault.records.peek(), ["mailbox"], paid);
    await fresh.make(mergeRecords(stays, [record]), [...forVault, ...vouchersIn(stays)]);
  } finally {
    for (const persona of [old, fresh]) persona.close();
  }
}

/** Erases what the others know of; `home` is the new one. */
export async function leave(home: House, { from, personas }: Move): Promise<void> {
  const old: Persona[] = personas.map((one) => home.persona(one.from));
  for (const persona of old) await persona.leave();
  await home.vaultOf(from).erase();
}

/** What was spent stays known as spent: what a visit brought is put away once. */
function staying(
  records: readonly VaultRecord[],
  out: readonly string[],
  paid: readonly Paid[],
): readonly VaultRecord[] {
  const vouchers = paid.map(({ voucher }) => voucher);
  const spent = without(records, vouchers);
  return mergeRecords(records, spent).filter(({ kind }) => !out.includes(kind));
}
