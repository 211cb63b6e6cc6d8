/**
 * What a voucher pays for ends with it: it is renewed with another one in time, a year before, so
 * that whoever comes back within a year finds it (docs/protocol.md, 5).
 */
import { ProtocolError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { b64u, jsonObject } from "../../sealing/encoding.ts";
import type { Signer } from "../../sealing/keys.ts";
import { padme } from "../../sealing/padme.ts";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { MailboxKeys } from "../mail/address.ts";
import type { Clock, Vault } from "../ports.ts";
import type { Api } from "./api.ts";

const DAY = 24 * 3600;
const YEAR = 365 * DAY;
/** What the value of a cell takes at most. */
const CELL_BYTES = 4_096;
const REFUSED: readonly string[] = ["not_found", "bad_voucher", "quota_exceeded"];

/** Something that is renewed: `path` as in `/v1/cells/…`, and what a voucher has to pay for. */
export interface Thing {
  readonly path: string;
  readonly signer: Signer;
  readonly bytes: number;
}

export const cellThing = (signer: Signer, id: Uint8Array): Thing => ({
  path: `/v1/cells/${b64u(id)}`,
  signer,
  bytes: CELL_BYTES,
});

export const mailboxThing = ({ owner, id }: Pick<MailboxKeys, "owner" | "id">): Thing => ({
  path: `/v1/mailboxes/${b64u(id)}`,
  signer: owner,
  bytes: LIMITS.mailbox,
});

/** `length`: before it was padded. */
export const blobThing = (signer: Signer, blob: string, length: number): Thing => ({
  path: `/v1/blobs/${blob}`,
  signer,
  bytes: padme(length),
});

/** In Unix seconds. `voucher`: what is to renew it, where no answer came yet. */
interface Known {
  readonly ends: number;
  readonly asked: number;
  readonly voucher?: Uint8Array;
}

export interface RenewalNeeds {
  readonly api: Api;
  readonly clock: Pick<Clock, "now">;
  /** Where it rests under `name` when what ends, and what was to renew it. */
  readonly rest: Pick<Vault, "load" | "save">;
  readonly name: string;
  readonly things: readonly Thing[];
  /**
   * A voucher that is good for so many bytes and ends later than then (Unix seconds); undefined where
   * there is none.
   */
  pay: (thing: Thing, ends: number) => Promise<Uint8Array | undefined>;
  /** With all that were drawn, before any is spent. */
  drawn?(vouchers: readonly Uint8Array[]): Promise<void>;
}

/**
 * Renews what ends within a year. Each thing is asked for once, and from a year before its end once a
 * day at most. Rejects where no answer comes, or nothing can be stored, and as `pay` and `drawn` do:
 * the next time it goes on with the vouchers that were drawn.
 */
export async function renewAll(needs: RenewalNeeds): Promise<void> {
  const { api, rest, name, things, clock } = needs;
  const now = Math.floor(clock.now() / 1000);
  const bytes = await rest.load(name);
  const before = bytes ? fromBytes<Record<string, Known>>(bytes) : {};
  // What is gone, or was replaced, is forgotten.
  const known = Object.fromEntries(
    things.flatMap(({ path }) => (before[path] ? [[path, before[path]] as const] : [])),
  );
  const save = (): Promise<void> => rest.save(name, toBytes(known));
  const due = things.filter(({ path }) => isDue(known[path], now));
  if (due.length === 0) return;
  for (const thing of due) {
    const ends = await orRefused(endOf(api, thing));
    known[thing.path] = { ...known[thing.path], ends, asked: now };
  }
  for (const thing of due) {
    const found = known[thing.path];
    if (!found || found.voucher || found.ends === 0 || found.ends > now + YEAR) continue;
    const voucher = await needs.pay(thing, found.ends);
    if (!voucher) continue;
    known[thing.path] = { ...found, voucher };
    // Kept before it is spent: a retry spends the same one.
    await save();
  }
  const vouchers = Object.values(known).flatMap(({ voucher }) => voucher ?? []);
  await needs.drawn?.(vouchers);
  for (const thing of due) {
    const voucher = known[thing.path]?.voucher;
    if (!voucher) continue;
    const ends = await orRefused(renew(api, thing, voucher));
    known[thing.path] = { ends, asked: now };
  }
  await save();
}

const isDue = (known: Known | undefined, now: number): boolean =>
  !known || known.voucher !== undefined || (known.asked + DAY <= now && known.ends <= now + YEAR);

const endOf = async (api: Api, { path, signer }: Thing): Promise<number> =>
  readEnds(await api.request({ method: "GET", target: `${path}/renewal`, signer }));

async function renew(api: Api, { path, signer }: Thing, voucher: Uint8Array): Promise<number> {
  const target = `${path}/renewal?voucher=${b64u(voucher)}`;
  return readEnds(await api.request({ method: "POST", target, signer }));
}

function readEnds(answer: Uint8Array): number {
  const { expires } = jsonObject(answer) as { readonly expires?: unknown };
  if (typeof expires === "number" && Number.isSafeInteger(expires)) return expires;
  throw new ProtocolError("internal", "no time");
}

/** 0 for what is not there, or is not renewed with this voucher. */
async function orRefused(asked: Promise<number>): Promise<number> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProtocolError && REFUSED.includes(error.code)) return 0;
    throw error;
  }
}
