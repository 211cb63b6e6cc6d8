/** Those whom a person helps: what their device keeps of them. */
import type { ReadonlySignal } from "@preact/signals";
import { b64u } from "../../sealing/encoding.ts";
import { hash } from "../../sealing/kdf.ts";
import type { Paid } from "../consult/paid.ts";

/** Who helps whom: practitioners each other at their desks, or anybody whom they trust. */
export type Circle = "colleagues" | "trusted";

/** One way back of somebody else's. It opens nothing alone, and says nothing of whose it is. */
export interface Helped {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** As they said themselves, or as the helper calls them. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What pays for giving it back, where they gave something. */
  readonly vouchers?: readonly Paid[];
  /** It rests in this browser, and nowhere else. */
  readonly here?: boolean;
}

export const helpedId = ({ secret }: Pick<Helped, "secret">): string =>
  b64u(hash(hash(secret)).slice(0, 16));

/** Where they are kept. All of these reject where nothing can be stored, or asked for. */
export interface HelpedStore {
  readonly list: ReadonlySignal<readonly Helped[]>;
  /** In the place of the same one, if it is there. */
  save(helped: Helped): Promise<void>;
  erase(helped: Helped): Promise<void>;
}
