/** What lies in the vaults of somebody who keeps documents (docs/sealed-formats.md, Keeping). */
import * as v from "valibot";
import { b64u, concat, jsonBytes, text, utf8 } from "../../sealing/encoding.ts";
import {
  b64uOf,
  bytesOf,
  natural,
  readForm,
  sealedPart,
  time,
  vouchersOf,
  wholeTextOf,
} from "../../sealing/forms.ts";
import { hash } from "../../sealing/kdf.ts";
import type { VaultRecord } from "../../sealing/vault.ts";

const address = v.object({
  mailbox: bytesOf(16),
  append: bytesOf(32),
  seal: bytesOf(1216),
  since: v.optional(natural),
});

/** A means, as it stands in a ring. */
const held = v.variant("kind", [
  v.object({ kind: v.literal("sheet"), secret: bytesOf(16), label: wholeTextOf(20), made: time }),
  v.object({
    kind: v.picklist(["passkey", "helper", "device"]),
    secret: bytesOf(32),
    label: wholeTextOf(20),
    made: time,
  }),
]);

const FORMS = {
  persona: v.object({
    v: v.literal(1),
    vault: bytesOf(32),
    practice: bytesOf(32),
    name: wholeTextOf(120),
    holder: wholeTextOf(60),
  }),
  device: v.object({ v: v.literal(1), label: wholeTextOf(40), since: time }),
  /** The practice that paid for a home. */
  payer: v.object({ v: v.literal(1), practice: bytesOf(32) }),
  mailbox: v.object({
    v: v.literal(1),
    id: bytesOf(16),
    owner: bytesOf(32),
    append: bytesOf(32),
    seal: bytesOf(32),
  }),
  visit: v.object({
    v: v.literal(1),
    room: bytesOf(16),
    guest: bytesOf(32),
    to: v.nullable(address),
  }),
  document: v.object({
    v: v.literal(1),
    document: b64uOf(16),
    at: time,
    kind: wholeTextOf(20),
    name: wholeTextOf(120),
    ...sealedPart.entries,
    owner: bytesOf(32),
    key: bytesOf(32),
    tree: bytesOf(32),
    size: natural,
    /** Of a prescription that may be dispensed at the server where it is kept. */
    ticket: v.exactOptional(bytesOf(32)),
  }),
  /** A sealed link to files, with the code of its words. */
  files: v.object({
    v: v.literal(1),
    id: b64uOf(16),
    at: time,
    link: bytesOf(32),
    code: bytesOf(7),
    name: wholeTextOf(200),
    size: natural,
    until: time,
  }),
  ring: v.object({ v: v.literal(1), root: bytesOf(32), held: v.array(held) }),
  /** Somebody who is helped to come back. */
  helped: v.object({
    v: v.literal(1),
    secret: bytesOf(32),
    name: wholeTextOf(60),
    since: time,
    vouchers: v.optional(vouchersOf(4)),
  }),
  vouchers: v.object({ v: v.literal(1), vouchers: vouchersOf(64) }),
} as const;

type Forms = typeof FORMS;
export type Kind = keyof Forms;
export type Data<K extends Kind> = Omit<v.InferOutput<Forms[K]>, "v">;

/** A record whose data was read. */
export interface Found<K extends Kind> {
  readonly id: string;
  readonly data: Data<K>;
}

/** The records of a kind that are not erased. One that is of another form is left out. */
export function recordsOf<K extends Kind>(
  records: readonly VaultRecord[],
  kind: K,
): readonly Found<K>[] {
  return records.flatMap((record) => {
    if (record.kind !== kind || record.data === null) return [];
    try {
      return [{ id: record.id, data: readForm(FORMS[kind], utf8(record.data), "bad_form") }];
    } catch {
      return [];
    }
  });
}

/** The data of a record, as it is written: bytes as base64url. */
export const dataOf = <K extends Kind>(_kind: K, data: Data<K>): string =>
  text(jsonBytes(plain({ v: 1, ...data }) as object));

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return b64u(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** The id of a record about something that two devices must not keep twice. */
export const idFor = (about: Uint8Array): string => b64u(hash(about).slice(0, 16));

export const visitId = ({ room, guest }: Pick<Data<"visit">, "room" | "guest">): string =>
  idFor(concat(room, guest));

/** What a visit brought is put away once. */
export const supplyId = ({ room, guest }: Pick<Data<"visit">, "room" | "guest">): string =>
  idFor(concat(utf8("supply"), room, guest));
