/** Images that are looked at together, as the notices beside a call say it. */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import type { CallModel } from "../../src/features/consult/call.ts";
import { Shown } from "../../src/features/imaging/view/shown.tsx";
import type { HttpAnswer } from "../../src/features/ports.ts";
import { b64u, jsonBytes } from "../../src/sealing/encoding.ts";
import { seedSigner } from "../../src/sealing/keys.ts";
import { writeLooking } from "../../src/sealing/looking.ts";
import { Page } from "../../src/ui/page.tsx";

const OFFER = writeLooking({ t: "show", show: b64u(new Uint8Array(16)), handed: "AA" });
const SERVER = { key: b64u(seedSigner(new Uint8Array(32)).publicKey), registrar: null };

const offline = (): Promise<HttpAnswer> => Promise.reject(new TypeError("network"));
const online = async (): Promise<HttpAnswer> => ({
  status: 200,
  headers: new Headers(),
  body: jsonBytes(SERVER),
});

function shown(http: () => Promise<HttpAnswer>, heard: readonly Uint8Array[]): ComponentChild {
  const beside: CallModel["beside"] = {
    heard: signal(heard),
    exchanges: signal(1),
    say: () => undefined,
    waiting: () => 0,
  };
  const needs = {
    http,
    clock: { now: () => 0, after: () => () => undefined },
    random: (n: number) => new Uint8Array(n),
    address: { origin: "https://consult.example.org" },
  };
  // What else there is of a call and of a page is not looked at.
  const calls = signal([{ beside } as CallModel]);
  return (
    <Page>
      <h1 class="visually-hidden">Consultation</h1>
      <Shown
        needs={needs as unknown as Parameters<typeof Shown>[0]["needs"]}
        calls={calls}
        host={heard.length === 0}
      />
    </Page>
  );
}

export const togethers: Readonly<Record<string, () => ComponentChild>> = {
  host: () => shown(offline, []),
  offered: () => shown(offline, [OFFER]),
  failed: () => shown(offline, [OFFER]),
  refused: () => shown(online, [OFFER]),
};
