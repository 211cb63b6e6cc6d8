/** A practitioner's devices: a list that the identity key signs, and that only grows (Practitioners). */
import type { Certificate } from "./certificate.ts";
import { b64u, concat, readU64, SUITE, same, u8, u64 } from "./encoding.ts";
import { require } from "./errors.ts";
import { requireKey, SIGNATURE_BYTES, type Signer, sign, verify } from "./keys.ts";

const HEAD_BYTES = 50;
const ENTRY_BYTES = 48;
const DEVICES = 64;
const IN_FORCE = 0;
const LABEL = "aparte/1 devices";

/** `since`: its certificate's `issued`; `until`: when it was revoked, or 0. Both in Unix seconds. */
export interface ListedDevice {
  readonly device: Uint8Array;
  readonly since: number;
  readonly until: number;
}

/** A checked list. */
export interface DeviceList {
  readonly identity: Uint8Array;
  /** Goes up with every list of an identity; from 1. */
  readonly version: number;
  /** Unix seconds. */
  readonly issued: number;
  /** 1 to 64; a device keeps its place for good. */
  readonly devices: readonly ListedDevice[];
  /** What travels. */
  readonly raw: Uint8Array;
}

/** Signs a list. Refuses with `bad_form` or `bad_key`. */
export async function makeDeviceList(
  identity: Signer,
  { version, issued, devices }: Pick<DeviceList, "version" | "issued" | "devices">,
): Promise<DeviceList> {
  const entries = devices.map(({ device, since, until }) => concat(device, u64(since), u64(until)));
  const head = [u8(SUITE), identity.publicKey, u64(version), u64(issued), u8(devices.length)];
  const signed = concat(...head, ...entries);
  return readDeviceList(concat(signed, await sign(identity, LABEL, signed)));
}

/** Refuses with `bad_form`, `bad_suite`, `bad_key`, `bad_signature`. */
export function readDeviceList(raw: Uint8Array): DeviceList {
  require(raw.length > 0, "bad_form");
  require(raw[0] === SUITE, "bad_suite");
  const count = raw[HEAD_BYTES - 1] ?? 0;
  const end = HEAD_BYTES + count * ENTRY_BYTES;
  const fits = count >= 1 && count <= DEVICES && raw.length === end + SIGNATURE_BYTES;
  require(fits, "bad_form");
  const identity = raw.slice(1, 33);
  const [version, issued] = [readNumber(raw, 33), readNumber(raw, 41)];
  require(version > 0, "bad_form");
  const devices = Array.from({ length: count }, (_, index) =>
    readEntry(raw, HEAD_BYTES + index * ENTRY_BYTES),
  );
  const twice = new Set(devices.map(({ device }) => b64u(device))).size < count;
  require(!twice, "bad_form");
  for (const { device } of devices) requireKey(device);
  verify(identity, raw.subarray(end), LABEL, raw.subarray(0, end));
  return { identity, version, issued, devices, raw: raw.slice() };
}

const readEntry = (raw: Uint8Array, at: number): ListedDevice => ({
  device: raw.slice(at, at + 32),
  since: readNumber(raw, at + 32),
  until: readNumber(raw, at + 40),
});

/** Refuses with `bad_form` what a number cannot hold: two readers might round it differently. */
function readNumber(raw: Uint8Array, at: number): number {
  const value = Number(readU64(raw, at));
  require(value <= Number.MAX_SAFE_INTEGER, "bad_form");
  return value;
}

/**
 * That a list is the remembered one or goes on from it. Refuses with `wrong_host` (another
 * identity's), `rolled_back`, `forked`.
 */
export function requireContinues(list: DeviceList, last: DeviceList): void {
  require(same(list.identity, last.identity), "wrong_host");
  require(list.version >= last.version, "rolled_back");
  if (list.version === last.version) {
    require(same(list.raw, last.raw), "forked");
    return;
  }
  const kept = last.devices.every(({ device, since }, index) => {
    const now = list.devices[index];
    return now !== undefined && same(now.device, device) && now.since === since;
  });
  require(kept, "forked");
  const undone = last.devices.some(({ until }, index) => {
    const now = list.devices[index]?.until ?? IN_FORCE;
    // Later is undone, too: what was signed in between would count again.
    return until !== IN_FORCE && (now === IN_FORCE || now > until);
  });
  require(!undone, "rolled_back");
}

/**
 * That a device counts; `signedAt` (Unix seconds) is the time of a receipt for what it signed, where
 * there is one. Refuses with `wrong_host` (another identity's device), `revoked`.
 */
export function requireInForce(
  list: DeviceList,
  { identity, device, issued }: Certificate,
  signedAt = Number.POSITIVE_INFINITY,
): void {
  require(same(identity, list.identity), "wrong_host");
  const listed = list.devices.find((one) => same(one.device, device) && one.since === issued);
  require(listed !== undefined, "revoked");
  require(listed.until === IN_FORCE || signedAt < listed.until, "revoked");
}
