/** Everything that the view-models need, from the browser. */
import type { Platform } from "../features/ports.ts";
import { rehearse } from "../sealing/rehearsal.ts";
import { address } from "./address.ts";
import { attention } from "./attention.ts";
import { clock, random } from "./basics.ts";
import { devices } from "./devices.ts";
import { http } from "./http.ts";
import { photos } from "./photos.ts";
import { dial } from "./socket.ts";
import { surroundings } from "./surroundings.ts";
import { tabs } from "./tabs.ts";
import { openVaults } from "./vaults.ts";

/** Resolves within a few milliseconds: it waits for the browser's database. Never rejects. */
export async function browserPlatform(): Promise<Platform> {
  let rehearsed = false;
  return {
    clock,
    random,
    vaults: await openVaults(),
    dial,
    http,
    makePeer: (configuration) => new RTCPeerConnection(configuration),
    devices,
    surroundings,
    tabs,
    attention,
    address,
    photos,
    rehearse: () => {
      if (rehearsed) return;
      rehearsed = true;
      void rehearse(random, () => new Promise((done) => void clock.after(0, done)));
    },
  };
}
