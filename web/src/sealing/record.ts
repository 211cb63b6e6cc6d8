/** What a server shows of a practitioner, and the times that it signs itself (Practitioners). */
import { type Attestation, type Card, readAttestation, readCard, type SignedCard } from "./card.ts";
import { type DeviceList, readDeviceList, requireContinues } from "./device-list.ts";
import { allFields, readU64, same } from "./encoding.ts";
import { require } from "./errors.ts";
import { EMPTY, hash } from "./kdf.ts";
import { verify } from "./keys.ts";

const SIGNED_TIME_BYTES = 72;
const FRESH_SECONDS = 48 * 3600;

/** Whose record it should be, and what the reader knows already. */
export interface Asked {
  /** Public keys; without a registrar's, nothing that is attested is taken. */
  readonly identity: Uint8Array;
  readonly server: Uint8Array;
  readonly registrar?: Uint8Array;
  /** The newest card and device list that the reader remembers, as they travelled. */
  readonly last?: { readonly card: Uint8Array; readonly devices: Uint8Array };
}

/** A checked record. */
export interface PractitionerRecord {
  readonly card: Card;
  readonly cardRaw: Uint8Array;
  /** Of the card's signed object. */
  readonly cardHash: Uint8Array;
  readonly devices: DeviceList;
  /** Undefined where nobody has checked the card. */
  readonly attestation: Attestation | undefined;
  /** When the server said that it had nothing newer, in Unix seconds. */
  readonly confirmed: number;
}

/** 72 bytes: a time in Unix seconds that `server` signed behind what it is about. */
function readTime(
  raw: Uint8Array,
  server: Uint8Array,
  label: string,
  ...about: readonly Uint8Array[]
): number {
  require(raw.length === SIGNED_TIME_BYTES, "bad_form");
  verify(server, raw.subarray(8), label, ...about, raw.subarray(0, 8));
  return Number(readU64(raw, 0));
}

/**
 * When the server saw the hash of a signed object (32 bytes), in Unix seconds. Refuses with `bad_form`,
 * `bad_key`, `bad_signature`.
 */
export const readReceipt = (raw: Uint8Array, digest: Uint8Array, server: Uint8Array): number =>
  readTime(raw, server, "aparte/1 receipt", digest);

/**
 * Checks a record. Refuses with what the readers of its parts do, `bad_form`, `wrong_host` (another
 * identity's), `wrong_registrar`, `wrong_statement`, `rolled_back`, `forked`.
 */
export function readRecord(
  raw: Uint8Array,
  { identity, server, registrar = EMPTY, last }: Asked,
): PractitionerRecord {
  const [cardRaw, attested, listRaw, status, ...more] = allFields(raw);
  const four = !!cardRaw && !!attested && !!listRaw && !!status && more.length === 0;
  require(four, "bad_form");
  const signed = readCard(cardRaw);
  require(same(signed.identity, identity), "wrong_host");
  const devices = readDeviceList(listRaw);
  require(same(devices.identity, identity), "wrong_host");
  const about = [signed.hash, hash(listRaw)];
  const confirmed = readTime(status, server, "aparte/1 status", ...about);
  const attestation =
    attested.length > 0 ? readAttestation(attested, registrar, signed.hash) : undefined;
  if (last) {
    requireContinues(devices, readDeviceList(last.devices));
    requireNewer(signed, readCard(last.card));
  }
  const { card, hash: cardHash } = signed;
  return { card, cardRaw, cardHash, devices, attestation, confirmed };
}

/** That a card is the remembered one or newer. Refuses with `rolled_back`, `forked`. */
function requireNewer(signed: SignedCard, last: SignedCard): void {
  const [version, before] = [signed.card.version, last.card.version];
  require(version >= before, "rolled_back");
  const known = version > before || same(signed.hash, last.hash);
  require(known, "forked");
  require(signed.card.second === last.card.second, "forked");
}

/**
 * That the server confirmed a record within 48 hours of `now` (Unix seconds), either way since the
 * clocks of phones are wrong. Refuses with `stale_status`.
 */
export function requireFresh({ confirmed }: PractitionerRecord, now: number): void {
  require(Math.abs(now - confirmed) <= FRESH_SECONDS, "stale_status");
}
