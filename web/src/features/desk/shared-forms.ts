/** What a practice's devices share in their vault: one form for each kind of record (Vaults). */
import * as v from "valibot";
import { b64u, fields, fromB64u, jsonBytes, text, utf8 } from "../../sealing/encoding.ts";
import { b64uOf, bytesOf, natural, readForm, textOf } from "../../sealing/forms.ts";
import { hash } from "../../sealing/kdf.ts";
import { type Signer, sign, verify } from "../../sealing/keys.ts";
import type { Paper, ShelfRecord } from "../consult/papers.ts";
import type { IssuedRecord } from "../dispensing/issued.ts";
import type { Helped } from "../helping/people.ts";
import type { MarksRecord } from "../imaging/practice/record.ts";
import { MOST_TO } from "../links/limits.ts";
import type { LinkRecord } from "../links/store.ts";
import type { Address } from "../mail/address.ts";
import { type ArrivedRecord, LABEL, type PermitRecord } from "../permits/record.ts";
import type { Content } from "../vault/sync.ts";
import type { Practitioner } from "./desk.ts";
import type { PersonRecord } from "./person-record.ts";
import type { RoomRecord, SharedDevice } from "./store.ts";

const ROOM = v.object({
  prekey: bytesOf(32),
  secrets: v.array(bytesOf(32)),
  label: v.string(),
  created: natural,
  expires: natural,
  ending: v.boolean(),
});

/** Characters (UTF-16) of a person's name. */
export const NAME = 120;

const PAPER = v.object({
  mine: v.boolean(),
  mail: v.string(),
  posted: v.optional(v.boolean()),
  delivered: v.optional(v.boolean()),
  opened: v.optional(v.boolean()),
  told: v.optional(v.picklist(["delivered", "opened"])),
});

const ADDRESS = v.object({
  mailbox: bytesOf(16),
  append: bytesOf(32),
  seal: bytesOf(1216),
  lasts: v.optional(v.literal(true)),
});

const SHELF = v.object({
  room: bytesOf(16),
  guest: b64uOf(32),
  papers: v.array(PAPER),
  address: v.nullable(ADDRESS),
});

const MAILBOX = v.object({
  id: bytesOf(16),
  owner: bytesOf(32),
  append: bytesOf(32),
  seal: bytesOf(32),
  since: natural,
  permits: v.optional(bytesOf(32)),
});

const PERSON = v.object({
  name: textOf(NAME),
  seen: natural,
  room: bytesOf(16),
  guest: b64uOf(32),
  told: natural,
  papers: v.array(PAPER),
  address: ADDRESS,
});

const ABOUT = v.object({
  name: v.string(),
  profession: v.string(),
  speciality: v.string(),
  rpps: v.string(),
  address: v.string(),
  phone: v.string(),
  email: v.string(),
  place: v.string(),
  languages: v.array(v.string()),
  listed: v.boolean(),
});

const DEVICE = v.object({
  device: bytesOf(32),
  label: textOf(40),
  seal: bytesOf(1216),
  signature: bytesOf(64),
});

const LINK = v.object({
  secret: bytesOf(32),
  code: bytesOf(7),
  owner: bytesOf(32),
  name: v.string(),
  size: natural,
  to: textOf(MOST_TO),
  created: natural,
  expires: natural,
  openings: natural,
  blob: v.optional(bytesOf(16)),
  blobOwner: v.optional(bytesOf(32)),
  mailed: v.optional(v.boolean()),
});
const ISSUED = v.object({
  ticket: bytesOf(32),
  owner: bytesOf(32),
  patient: textOf(200),
  issued: natural,
  until: natural,
});
const MARKS = v.object({
  secret: bytesOf(32),
  owner: bytesOf(32),
  study: textOf(64),
  created: natural,
  length: natural,
});
const PERMIT = v.object({
  secret: bytesOf(32),
  owner: bytesOf(32),
  label: textOf(LABEL),
  size: natural,
  links: natural,
  created: natural,
  until: natural,
  told: v.nullable(bytesOf(16)),
  state: v.picklist(["open", "used", "withdrawing", "withdrawn"]),
});
const ARRIVED = v.object({
  id: b64uOf(16),
  at: natural,
  until: natural,
  link: bytesOf(32),
  code: bytesOf(7),
  name: textOf(200),
  size: natural,
  permit: v.optional(b64uOf(16)),
  seen: v.boolean(),
});
const HELPED = v.object({ secret: bytesOf(32), name: textOf(60), since: natural });

const FORMS = {
  room: ROOM,
  shelf: SHELF,
  person: PERSON,
  mailbox: MAILBOX,
  about: ABOUT,
  device: DEVICE,
  link: LINK,
  permit: PERMIT,
  arrived: ARRIVED,
  issued: ISSUED,
  marks: MARKS,
  helped: HELPED,
  way: v.object({ place: bytesOf(16) }),
} as const;

export type Kind = keyof typeof FORMS;
export type SharedMailbox = v.InferOutput<typeof MAILBOX>;
export type SharedShelf = { readonly room: Uint8Array; readonly guest: string } & ShelfRecord;

interface Kinds {
  readonly room: Omit<RoomRecord, "room">;
  readonly shelf: SharedShelf;
  readonly person: PersonRecord;
  readonly mailbox: SharedMailbox;
  readonly about: Practitioner;
  readonly device: SharedDevice;
  readonly link: LinkRecord;
  readonly permit: PermitRecord;
  readonly arrived: ArrivedRecord;
  readonly issued: IssuedRecord;
  readonly marks: MarksRecord;
  readonly helped: Helped;
  readonly way: { readonly place: Uint8Array };
}

const WRITERS: { readonly [K in Kind]: (value: Kinds[K]) => object } = {
  room: ({ prekey, secrets, unconfirmed = 0, label, created, expires, ending }) => ({
    prekey: b64u(prekey),
    // One that the server has not said yes to is not a seat yet.
    secrets: secrets.slice(0, secrets.length - unconfirmed).map(b64u),
    label,
    created,
    expires,
    ending,
  }),
  shelf: ({ room, guest, papers, address }) => ({
    room: b64u(room),
    guest,
    papers: papers.map(writePaper),
    address: address && writeAddress(address),
  }),
  person: ({ name, seen, room, guest, told, papers, address }) => ({
    name,
    seen,
    room: b64u(room),
    guest,
    told,
    papers: papers.map(writePaper),
    address: writeAddress(address),
  }),
  mailbox: ({ id, owner, append, seal, since, permits }) => ({
    id: b64u(id),
    owner: b64u(owner),
    append: b64u(append),
    seal: b64u(seal),
    since,
    ...(permits ? { permits: b64u(permits) } : {}),
  }),
  about: ({ name, profession, speciality, rpps, address, phone, email, ...rest }) => {
    const { place, languages, listed } = rest;
    const card = { name, profession, speciality, rpps, address };
    return { ...card, phone, email, place, languages, listed };
  },
  device: ({ device, label, seal, signature }) => ({
    device: b64u(device),
    label,
    seal: b64u(seal),
    signature: b64u(signature),
  }),
  link: ({ secret, code, owner, name, size, to, created, expires, openings, ...rest }) => ({
    secret: b64u(secret),
    code: b64u(code),
    owner: b64u(owner),
    name,
    size,
    to,
    created,
    expires,
    openings,
    ...(rest.blob && rest.blobOwner
      ? { blob: b64u(rest.blob), blobOwner: b64u(rest.blobOwner) }
      : {}),
    ...(rest.mailed === undefined ? {} : { mailed: rest.mailed }),
  }),
  permit: ({ secret, owner, label, size, links, created, until, told, state }) => ({
    secret: b64u(secret),
    owner: b64u(owner),
    label,
    size,
    links,
    created,
    until,
    told: told && b64u(told),
    state,
  }),
  arrived: ({ id, at, until, link, code, name, size, permit, seen }) => ({
    id,
    at,
    until,
    link: b64u(link),
    code: b64u(code),
    name,
    size,
    ...(permit === undefined ? {} : { permit }),
    seen,
  }),
  issued: ({ ticket, owner, patient, issued, until }) => ({
    ticket: b64u(ticket),
    owner: b64u(owner),
    patient,
    issued,
    until,
  }),
  marks: ({ secret, owner, study, created, length }) => ({
    secret: b64u(secret),
    owner: b64u(owner),
    study,
    created,
    length,
  }),
  helped: ({ secret, name, since }) => ({ secret: b64u(secret), name, since }),
  way: ({ place }) => ({ place: b64u(place) }),
};

const writeAddress = ({ mailbox, append, seal, lasts }: Address) => ({
  mailbox: b64u(mailbox),
  append: b64u(append),
  seal: b64u(seal),
  ...(lasts ? { lasts } : {}),
});

const writePaper = ({ mine, mail, posted, delivered, opened, told }: Paper) => ({
  mine,
  mail,
  ...(posted === undefined ? {} : { posted }),
  ...(delivered === undefined ? {} : { delivered }),
  ...(opened === undefined ? {} : { opened }),
  ...(told === undefined ? {} : { told }),
});

/** Of the same value always the same text. */
export const writeShared = <K extends Kind>(kind: K, value: Kinds[K]): Content => ({
  kind,
  data: text(jsonBytes(WRITERS[kind](value))),
});

/** Refuses with `bad_form`. */
export const readShared = <K extends Kind>(kind: K, data: string): Kinds[K] =>
  readForm(FORMS[kind], utf8(data), "bad_form") as unknown as Kinds[K];

const SEAL = "aparte/1 device seal";

/** What a device says of itself to the others; `seal` is its X-Wing public key. */
export const introduce = async (
  device: Signer,
  seal: Uint8Array,
  label: string,
): Promise<SharedDevice> => ({
  device: device.publicKey,
  label,
  seal,
  signature: await sign(device, SEAL, seal),
});

/** Refuses with `bad_key`, `bad_signature`. */
export const requireIntroduced = ({ device, seal, signature }: SharedDevice): void =>
  verify(device, signature, SEAL, seal);

export const isShared = (kind: string): kind is Kind => Object.hasOwn(FORMS, kind);

const named = (...parts: readonly (Uint8Array | string)[]): string =>
  b64u(hash(fields(...parts)).slice(0, 16));

/** The ids of records: of a room its own. */
export const ids = {
  room: (room: Uint8Array): string => b64u(room),
  shelf: (room: Uint8Array, guest: Uint8Array): string => named("shelf", room, guest),
  person: (mailbox: Uint8Array): string => named("person", mailbox),
  mailbox: named("mailbox"),
  about: named("about"),
  device: (device: Uint8Array): string => named("device", device),
  link: (secret: Uint8Array): string => named("link", secret),
  permit: (secret: Uint8Array): string => named("permit", hash(secret)),
  arrived: (id: string): string => named("arrived", fromB64u(id)),
  issued: (ticket: Uint8Array): string => named("issued", hash(ticket)),
  marks: (secret: Uint8Array): string => named("marks", hash(secret)),
  helped: ({ secret }: Helped): string => named("helped", hash(secret)),
  way: (place: Uint8Array): string => named("way", place),
} as const;
