/** A guest's mail, whose code is fetched when a consult begins. */
import type { LiveCall } from "../consult/live.ts";
import type { Address } from "../mail/address.ts";
import type { GuestMail, GuestMailNeeds } from "./mail.ts";

export interface Postbox {
  /** `live` takes what lies in the mailbox, from now on. */
  start(live: LiveCall): void;
  /** Puts a mail into somebody's mailbox: resolves once the server has it on its disk. */
  readonly post: (to: Address, content: Uint8Array) => Promise<void>;
  /** The host has said where it can be written to, and may pay for a mailbox. */
  readonly addressed: (voucher: Uint8Array | undefined) => void;
  /** There may be something: resolves once it was taken. */
  readonly empty: () => Promise<void>;
  close(): void;
  /** Nobody will read it any more. */
  erase(): Promise<void>;
}

export function createPostbox(needs: GuestMailNeeds): Postbox {
  let mail: Promise<GuestMail> | undefined;
  const late = (): Promise<GuestMail> => {
    mail ??= import("./mail.ts").then(({ GuestMail }) => new GuestMail(needs));
    return mail;
  };
  const quietly = (act: (mail: GuestMail) => Promise<void>): Promise<void> =>
    // Where the code or the store is out of reach, the next word of the host tries again.
    late()
      .then(act)
      .catch(() => undefined);
  return {
    start: (live) => void quietly((made) => made.start(live)),
    post: async (to, content) => {
      const { api, platform } = needs;
      const { post } = await import("../mail/letters.ts");
      await post({ api, random: platform.random }, to, content);
    },
    addressed: (voucher) => void quietly((made) => made.addressed(voucher)),
    empty: () => (mail ? quietly((made) => made.empty()) : Promise.resolve()),
    close: () => void mail?.then((made) => made.close()),
    erase: () => (mail ? quietly((made) => made.erase()) : Promise.resolve()),
  };
}
