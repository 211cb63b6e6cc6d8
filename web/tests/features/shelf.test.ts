import { describe, expect, it } from "vitest";
import type { OpenedPart } from "../../src/features/consult/call.ts";
import type { ShelfRecord } from "../../src/features/consult/papers.ts";
import { Shelf, type ShelfOptions } from "../../src/features/consult/shelf.ts";
import type { Address } from "../../src/features/mail/address.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { jsonBytes } from "../../src/sealing/encoding.ts";
import { type Mail, readMail } from "../../src/sealing/mail.ts";
import { FakeClock, settle } from "./world/clock.ts";
import { AT, idOf, parcels, random } from "./world/parcels.ts";

const ADDRESS: Address = {
  mailbox: new Uint8Array(16),
  append: new Uint8Array(32),
  seal: new Uint8Array(1216),
};

function shelf(options: Partial<ShelfOptions> = {}) {
  const [clock, posted] = [new FakeClock(), [] as unknown[]];
  const stored: ShelfRecord[] = [];
  const made = new Shelf({
    record: { papers: [], address: ADDRESS },
    clock,
    random,
    parcels,
    post: async (_to, content) => void posted.push(readMail(content)),
    save: async (record) => void stored.push(record),
    ...options,
  });
  let photos = 0;
  made.attach({ photos: () => photos, hint: () => undefined });
  const take = async (n: number): Promise<void> => {
    const mail = {
      t: "document",
      id: idOf(n),
      at: AT,
      statement: "AAAA",
      envelope: "AAAA",
    } as const;
    await made.take(mail, jsonBytes(mail));
  };
  const fill = (): void => {
    photos = LIMITS.files;
  };
  return { shelf: made, clock, posted, stored, take, fill };
}

describe("a shelf", () => {
  const author = { name: "Ana" };

  it("tells the sender once how a document arrived, however often it comes", async () => {
    const { shelf: made, posted, take } = shelf();
    await take(1);
    await take(1);
    await settle();
    expect(made.documents.value.map(({ state }) => state)).toEqual(["verified"]);
    expect(posted).toEqual([{ t: "delivered", document: idOf(1), verified: true }]);
  });

  it("lets the sender know that it was looked at only where that is asked for", async () => {
    const { shelf: made, posted, take } = shelf();
    await take(1);
    await settle();
    made.tellOpened(idOf(2));
    expect(posted).toHaveLength(1);
    made.tellOpened(idOf(1));
    await settle();
    expect(posted.at(-1)).toEqual({ t: "opened", document: idOf(1) });
  });

  it("follows a document of one's own to the reader's eyes", async () => {
    const { shelf: made } = shelf();
    await made.send("file", author, null, []);
    await settle();
    const line = () => made.documents.value[0];
    expect(line()?.state).toBe("sent");
    const document = line()?.id ?? "";
    const tell = (mail: Mail) => made.take(mail, jsonBytes(mail));
    await tell({ t: "delivered", document, verified: true });
    expect(line()?.state).toBe("verified");
    await tell({ t: "opened", document });
    expect(line()?.state).toBe("opened");
    // Of nothing that we sent nothing is believed.
    await tell({ t: "delivered", document: idOf(9), verified: false });
    expect(made.documents.value).toHaveLength(1);
  });

  it("posts again what a server that is away did not take, and after a reload too", async () => {
    let away = true;
    const posted: Uint8Array[] = [];
    const post = async (_to: Address, content: Uint8Array): Promise<void> => {
      if (away) throw new TypeError("network");
      posted.push(content);
    };
    const { shelf: made, clock, stored } = shelf({ post });
    await made.send("file", author, null, []);
    await settle();
    expect(made.documents.value[0]?.state).toBe("sending");
    const [record] = stored.slice(-1);
    if (!record) throw new Error("nothing was stored");
    const again = shelf({ post, record });
    again.shelf.start();
    away = false;
    await clock.advance(6_000);
    await again.clock.advance(6_000);
    expect(made.documents.value[0]?.state).toBe("sent");
    expect(again.shelf.documents.value[0]?.state).toBe("sent");
    expect(posted).toHaveLength(2);
    expect(posted[0]).toEqual(posted[1]);
  });

  it("says what the server refuses, with a way to try again", async () => {
    let refuses = true;
    const { shelf: made } = shelf({
      post: async () => {
        if (refuses) throw new ProtocolError("quota_exceeded");
      },
    });
    await made.send("file", author, null, []);
    await settle();
    const line = () => made.documents.value[0];
    expect(line()).toMatchObject({ state: "sending", problem: { key: "quota_exceeded" } });
    refuses = false;
    line()?.problem?.retry?.();
    await settle();
    expect(line()).toMatchObject({ state: "sent", problem: null });
  });

  it("that is full takes and sends nothing more, and answers so many times", async () => {
    const { shelf: made, posted, take, fill } = shelf();
    fill();
    for (let n = 0; n < 3 * LIMITS.files; n += 1) await take(n);
    await settle();
    expect(made.documents.value).toEqual([]);
    expect(posted[0]).toEqual({ t: "delivered", document: idOf(0), verified: false });
    expect(posted).toHaveLength(2 * LIMITS.files);
    await expect(made.send("file", author, null, [])).rejects.toThrow();
  });

  it("tells nobody that a document arrived before it is stored, and opens it then", async () => {
    let full = true;
    const {
      shelf: made,
      posted,
      take,
    } = shelf({
      save: async () => {
        if (full) throw new Error("the disk is full");
      },
    });
    await expect(take(1)).rejects.toThrow("full");
    await settle();
    expect(posted).toEqual([]);
    full = false;
    await take(1);
    await settle();
    expect(made.documents.value.map(({ state }) => state)).toEqual(["verified"]);
    expect(posted).toEqual([{ t: "delivered", document: idOf(1), verified: true }]);
  });

  it("takes nothing once another page goes on from what is stored", async () => {
    const { shelf: made, take, stored } = shelf();
    await made.close();
    await expect(take(1)).rejects.toThrow();
    expect(stored).toEqual([]);
  });

  it("says what became of a document once, however often the page loads", async () => {
    const { shelf: made, posted, stored, take } = shelf();
    await take(1);
    await settle();
    made.tellOpened(idOf(1));
    await settle();
    expect(posted).toHaveLength(2);
    const [record] = stored.slice(-1);
    if (!record) throw new Error("nothing was stored");
    const again = shelf({ record });
    again.shelf.start();
    await settle();
    expect(again.shelf.documents.value[0]?.state).toBe("verified");
    expect(again.posted).toEqual([]);
  });

  it("says after a reload what could not be said before", async () => {
    let away = true;
    const post = async (): Promise<void> => {
      if (away) throw new TypeError("network");
    };
    const { shelf: made, stored, take } = shelf({ post });
    await take(1);
    await settle();
    made.tellOpened(idOf(1));
    await settle();
    const [record] = stored.slice(-1);
    if (!record) throw new Error("nothing was stored");
    await made.close();
    away = false;
    const again = shelf({ record });
    again.shelf.start();
    await settle();
    expect(again.posted).toEqual([
      { t: "delivered", document: idOf(1), verified: true },
      { t: "opened", document: idOf(1) },
    ]);
  });

  it("keeps a document delivered, whatever is said again afterwards", async () => {
    const { shelf: made } = shelf();
    await made.send("file", author, null, []);
    await settle();
    const document = made.documents.value[0]?.id ?? "";
    const tell = (verified: boolean) => {
      const mail = { t: "delivered", document, verified } as const;
      return made.take(mail, jsonBytes(mail));
    };
    await tell(true);
    await tell(false);
    expect(made.documents.value[0]?.state).toBe("verified");
  });

  it("waits for an address, and stores it with the next thing that is stored", async () => {
    const { shelf: made, posted, stored } = shelf({ record: { papers: [], address: null } });
    await made.send("file", author, null, []);
    expect(made.documents.value[0]?.state).toBe("sending");
    made.addressed(ADDRESS);
    await made.saved();
    expect(stored.at(-1)?.address).toEqual(ADDRESS);
    await settle();
    expect(posted).toHaveLength(1);
    expect(made.documents.value[0]?.state).toBe("sent");
  });

  it("takes back what a ticket leads to, where what names it could not be paid for", async () => {
    let undone = 0;
    const { shelf: made } = shelf({
      pay: () => Promise.reject(new TypeError("network")),
      parcels: {
        ...parcels,
        sealDocument: async () => ({
          statement: "AAAA",
          envelope: "AAAA",
          undo: async () => {
            undone += 1;
          },
        }),
      },
    });
    await expect(made.send("prescription", author, null, Promise.resolve([]))).rejects.toThrow();
    expect(undone).toBe(1);
    expect(made.documents.value).toEqual([]);
  });

  it("knows whether all is posted: not what failed, nor what is still being made", async () => {
    const { shelf: made, clock } = shelf({
      parcels: {
        ...parcels,
        sealDocument: async () => {
          throw new Error("no room on the server");
        },
      },
    });
    expect(await made.posted(1_000)).toBe(true);
    let fail = (_: Error): void => undefined;
    const making = new Promise<readonly OpenedPart[]>((_, failed) => {
      fail = failed;
    });
    const sending = made.send("file", author, null, making);
    let posted: boolean | undefined;
    void made.posted(1_000).then((all) => {
      posted = all;
    });
    await clock.advance(2_000);
    expect(posted).toBe(false);
    fail(new Error("no letter in that font"));
    await expect(sending).rejects.toThrow("font");
    expect(await made.posted(1_000)).toBe(false);
  });
});
