/** The list of the practitioner's devices at the server: one more, or one less. */
import { ProtocolError } from "../../protocol/errors.ts";
import { makeCertificate } from "../../sealing/certificate.ts";
import { type DeviceList, type ListedDevice, makeDeviceList } from "../../sealing/device-list.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import type { Signer } from "../../sealing/keys.ts";
import { fetchRecord, readKept } from "../practitioners/records.ts";
import type { Api } from "../rooms/api.ts";
import type { DeskStore } from "./store.ts";

/** Another device may publish a list at the same time. */
const ATTEMPTS = 3;

interface Needs {
  readonly api: Api;
  readonly store: DeskStore;
}

/** The newest list that the server shows. Rejects and refuses as `fetchRecord` does. */
export async function newestList({ api, store }: Needs, identity: Uint8Array): Promise<DeviceList> {
  const papers = await fetchRecord(api, identity, await store.papers());
  await store.savePapers(papers);
  return readKept(identity, papers).devices;
}

/**
 * Lists a device, from now on (Unix seconds), and gives its certificate; one that is listed and in
 * force already, after an answer that was lost, gets its certificate again. Rejects as `Api.request`.
 */
export async function listDevice(
  needs: Needs,
  identity: Signer,
  device: Uint8Array,
  now: number,
): Promise<Uint8Array> {
  const list = await publish(needs, identity, now, ({ devices }) => {
    const there = devices.some((one) => same(one.device, device));
    return there ? null : [...devices, { device, since: now, until: 0 }];
  });
  const since = list.devices.find((one) => same(one.device, device))?.since ?? now;
  return await makeCertificate(identity, device, since);
}

/** From now on (Unix seconds) the device counts no more; the server cuts it off at once. */
export async function revokeDevice(
  needs: Needs,
  identity: Signer,
  device: Uint8Array,
  now: number,
): Promise<void> {
  await publish(needs, identity, now, ({ devices }) => {
    const listed = devices.find((one) => same(one.device, device));
    if (listed?.until !== 0) return null;
    return devices.map((one) => (one === listed ? { ...one, until: now } : one));
  });
}

/** Publishes what `change` makes of the newest list; null where nothing is to be changed. */
async function publish(
  needs: Needs,
  identity: Signer,
  now: number,
  change: (list: DeviceList) => readonly ListedDevice[] | null,
): Promise<DeviceList> {
  const target = `/v1/practitioners/${b64u(identity.publicKey)}/devices`;
  for (let attempt = 1; ; attempt += 1) {
    const last = await newestList(needs, identity.publicKey);
    const devices = change(last);
    if (!devices) return last;
    const next = await makeDeviceList(identity, {
      version: last.version + 1,
      issued: now,
      devices,
    });
    const media = "application/octet-stream";
    try {
      const put = { method: "PUT", target, signer: identity, body: next.raw, media } as const;
      await needs.api.request(put);
      return next;
    } catch (error) {
      const overtaken = error instanceof ProtocolError && error.code === "stale_version";
      if (!overtaken || attempt === ATTEMPTS) throw error;
    }
  }
}
