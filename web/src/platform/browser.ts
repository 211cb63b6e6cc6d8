/** Everything that the view-models need, from the browser. */
import type { Passkeys, Platform } from "../features/ports.ts";
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

/** Few visits use one: its code comes when it is asked for. */
const late = async (): Promise<Passkeys> => (await import("./passkeys.ts")).passkeys;
const passkeys: Passkeys = {
  available: async () => (await late()).available(),
  make: async (label, use) => (await late()).make(label, use),
  secret: async (use, id) => (await late()).secret(use, id),
};

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
    passkeys,
    rehearse: () => {
      if (rehearsed) return;
      rehearsed = true;
      void rehearse(random, () => new Promise((done) => void clock.after(0, done)));
    },
  };
}
