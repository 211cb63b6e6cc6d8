/** A guest's mail, whose code is fetched when a consult begins, or with a mailbox from before. */
import type { Address } from "../mail/address.ts";
import type { GuestMail, GuestMailNeeds, Take } from "./mail.ts";

export interface Postbox {
  /** `take` gets what lies in the mailbox, from now on. */
  start(take: Take): void;
  /** Puts a mail into somebody's mailbox: resolves once the server has it on its disk. */
  readonly post: (to: Address, content: Uint8Array) => Promise<void>;
  /** The host has said where it can be written to, and may pay for a mailbox. */
  readonly addressed: (voucher: Uint8Array | undefined) => void;
  /** There may be something. */
  readonly empty: () => void;
  /** Takes what is there, and deletes the mailbox; false where that cannot be done for now. */
  finish(): Promise<boolean>;
  close(): void;
}

export function createPostbox(needs: GuestMailNeeds): Postbox {
  let mail: Promise<GuestMail> | undefined;
  const late = async (): Promise<GuestMail> => {
    mail ??= import("./mail.ts").then(({ GuestMail }) => new GuestMail(needs));
    return await mail.catch((error: unknown) => {
      mail = undefined;
      throw error;
    });
  };
  const quietly = async (act: (mail: GuestMail) => Promise<void>): Promise<void> => {
    try {
      await act(await late());
    } catch {
      // Where the code or the store is out of reach, the next word of the host tries again.
    }
  };
  return {
    start: (take) => void quietly((made) => made.start(take)),
    post: async (to, content) => {
      const { api, platform } = needs;
      const { post } = await import("../mail/letters.ts");
      await post({ api, random: platform.random }, to, content);
    },
    addressed: (voucher) => void quietly((made) => made.addressed(voucher)),
    empty: () => void (mail && quietly((made) => made.empty())),
    finish: async () => {
      if (!mail) return true;
      try {
        return await (await late()).finish();
      } catch {
        return false;
      }
    },
    close: () => void mail?.then((made) => made.close()).catch(() => undefined),
  };
}
