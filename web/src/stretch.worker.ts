/** Argon2id beside whatever else goes on: of a processor with several cores it takes another one. */
import type { Stretching } from "./sealing/lock.ts";
import { stretchBytes } from "./sealing/stretch.ts";

/** What of a dedicated worker's scope is used; the types of a page's would be another's. */
interface Scope {
  postMessage(stretched: Uint8Array): void;
  onmessage: ((event: MessageEvent<readonly [Uint8Array, Stretching]>) => void) | null;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = async ({ data: [secret, how] }) => {
  scope.postMessage(await stretchBytes(secret, how));
};
